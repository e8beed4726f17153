"""Which kernel convolves a shape: a fixed function of shape and stride, never of a timing.

A choice by timing would break bit-identical resume and repeats.
"""

from __future__ import annotations

from collections.abc import Callable

from thumblab.core.rules import Array, Backward
from thumblab.kernels import lowering, pointwise
from thumblab.kernels.windows import Pads

Convolve = Callable[..., tuple[Array, Backward]]


def convolution(kernel: int, pad: Pads) -> Convolve:
    """The function that convolves with a square ``kernel`` and padding ``pad``."""
    if kernel == 1 and pad == ((0, 0), (0, 0)):
        return pointwise.convolve
    return lowering.convolve
