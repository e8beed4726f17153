"""Functions of each value by itself, computed a piece at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thumblab.core.rules import Array, Backward, Context, no_backward

PIECE = 32 * 1024
"""Values whose intermediate results all stay in cache."""

Function = Callable[[Array], tuple[Array, Array]]
"""Gives, for a vector, the values of a function and of its derivative."""


def elementwise(
    function: Function, x: Array, ctx: Context, alone: Callable[[Array, Array], None] | None = None
) -> tuple[Array, Backward]:
    """The function of every value of ``x``, and the backward pass.

    ``alone`` writes the function without its derivative to its second argument, if that is cheaper.
    """
    y = ctx.memory.empty(x.shape)
    values, results = x.reshape(-1), y.reshape(-1)
    pieces = [slice(first, first + PIECE) for first in range(0, x.size, PIECE)]
    if alone is not None and not ctx.needs_grad:
        for piece in pieces:
            alone(values[piece], results[piece])
        return y, no_backward
    slope = ctx.memory.empty(x.shape)
    slopes = slope.reshape(-1)
    for piece in pieces:
        results[piece], slopes[piece] = function(values[piece])

    def backward(dy: Array) -> Array:
        dx: Array = np.multiply(dy, slope, out=ctx.memory.empty(dy.shape))
        return dx

    return y, backward
