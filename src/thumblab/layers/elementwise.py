"""Functions of each value by itself, computed a piece at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thumblab.core.rules import Array, Backward, Context

PIECE = 32 * 1024
"""Values whose intermediate results all stay in cache."""

Function = Callable[[Array], tuple[Array, Array]]
"""Gives, for a vector, the values of a function and of its derivative."""


def elementwise(
    function: Function, x: Array, ctx: Context, alone: Callable[[Array], Array] | None = None
) -> tuple[Array, Backward]:
    """The function of every value of ``x``, and the way back.

    ``alone`` gives the function without its derivative, if that is cheaper.
    """
    y = ctx.empty(x.shape)
    if alone is not None and not ctx.records:
        for first in range(0, x.size, PIECE):
            y.reshape(-1)[first : first + PIECE] = alone(x.reshape(-1)[first : first + PIECE])
        return y, never
    slope = ctx.empty(x.shape)
    values, results, slopes = x.reshape(-1), y.reshape(-1), slope.reshape(-1)
    for first in range(0, x.size, PIECE):
        part = slice(first, first + PIECE)
        results[part], slopes[part] = function(values[part])

    def backward(dy: Array) -> Array:
        dx: Array = np.multiply(dy, slope, out=ctx.empty(dy.shape))
        return dx

    return y, backward


def never(dy: Array) -> Array:
    """The way back of a pass that said that nobody would go it."""
    raise RuntimeError("this pass records nothing; nobody can go back")
