"""Which kernel convolves a shape: a fixed function of shape and stride, never of a timing.

A choice by timing would break bit-identical resume and repeats.
"""

from __future__ import annotations

from thumblab.core.rules import Array, Backward, Context
from thumblab.kernels import lowering, pointwise, winograd
from thumblab.kernels.windows import Pads


def convolve(
    x: Array, stride: int, counts: tuple[int, int], pad: Pads, bias: bool, ctx: Context
) -> tuple[Array, Backward]:
    """Convolves grouped ``x`` with the context's ``weight``, and adds its ``bias``."""
    _, c, kernel, _ = ctx["weight"].shape
    if kernel == 1 and pad == ((0, 0), (0, 0)):
        return pointwise.convolve(x, stride, counts, bias, ctx)
    if kernel == 3 and stride == 1 and pad == ((1, 1), (1, 1)) and c > 3:
        return winograd.convolve(x, tile(*counts), bias, ctx)
    return lowering.convolve(x, stride, counts, pad, bias, ctx)


def tile(height: int, width: int) -> int:
    """The side ``m`` of Winograd's output tiles for maps of that size."""
    return 2 if max(height, width) <= 2 else 4
