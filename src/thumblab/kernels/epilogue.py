"""What is done around a convolution, strip by strip, while a strip is in the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thumblab.core.rules import Array

Strips = Callable[[Array, slice, slice], None]
"""``(array, blocks, image rows)``: what is done to a strip once it is written."""
OutputGrad = Callable[[Array, slice], Array]
"""``(gradient, blocks)``: the gradient at the convolution's output of some blocks, when it is needed."""


def ignore(array: Array, blocks: slice, rows: slice) -> None:
    """Does nothing to a strip."""


def as_given(dy: Array, blocks: slice) -> Array:
    """The gradient as it comes."""
    return dy[blocks]


@dataclass(frozen=True)
class Epilogue:
    """Neighbors' work that a convolution does in passing.

    Attributes:
        forward: Called with every strip of the output once it is written.
        output_grad: Makes the gradient at the output out of the one handed to ``backward``, a few blocks
            at a time.
        backward: Called with every strip of the gradient at the input, if that is wanted.
    """

    forward: Strips = ignore
    output_grad: OutputGrad = as_given
    backward: Strips = ignore
