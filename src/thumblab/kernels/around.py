"""What is done around a convolution, strip by strip, while a strip is in the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thumblab.core.rules import Array

Strips = Callable[[Array, slice, slice], None]
"""``(array, groups, image rows)``: what is done to a strip once it is written."""
Upstream = Callable[[Array, slice], Array]
"""``(gradient, groups)``: the gradient at the convolution's output of some groups, when it is needed."""


def ignore(array: Array, groups: slice, rows: slice) -> None:
    """Does nothing to a strip."""


def as_given(dy: Array, groups: slice) -> Array:
    """The gradient as it comes."""
    return dy[groups]


@dataclass(frozen=True)
class Around:
    """Neighbours' work that a convolution does in passing.

    Attributes:
        after: Called with every strip of the output once it is written.
        upstream: Makes the gradient at the output out of the one handed to ``backward``, a few groups
            at a time.
        after_back: Called with every strip of the gradient at the input, if that is wanted.
    """

    after: Strips = ignore
    upstream: Upstream = as_given
    after_back: Strips = ignore
