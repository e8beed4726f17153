"""Maxima and sums of windows, one axis after the other.

Taking the columns first and the rows second, and the earlier of equal values each time, sends a
gradient to the first of equal maxima in row order, as PyTorch does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def taps(size: int, kernel: int, stride: int, before: int, count: int) -> list[tuple[slice, slice]]:
    """For each position in the window, the outputs that have it and the inputs they read.

    Positions that fall into the padding have no input, so no padding value is needed.
    """
    found = []
    for j in range(kernel):
        first = max(0, -(-(before - j) // stride))
        last = min(count, (size - 1 + before - j) // stride + 1)
        start = first * stride + j - before
        found.append(
            (slice(first, last), slice(start, start + (last - first - 1) * stride + 1, stride))
        )
    return found


def _at(axis: int, where: slice) -> tuple[slice, ...]:
    return (slice(None),) * axis + (where,)


def window_max(
    x: Array, axis: int, places: list[tuple[slice, slice]], y: Array, *, records: bool = True
) -> list[NDArray[np.bool_]]:
    """Writes the maxima along ``axis`` to ``y``; returns, per later position, where it wins.

    A position wins where it exceeds all before it; the last winner is the maximum. Unless it
    ``records``, winners are not looked for.
    """
    y.fill(-np.inf)
    wins = []
    for number, (outputs, inputs) in enumerate(places):
        best, candidate = y[_at(axis, outputs)], x[_at(axis, inputs)]
        if number and records:
            wins.append(np.greater(candidate, best))
        np.maximum(best, candidate, out=best)
    return wins


def window_max_back(
    dy: Array,
    axis: int,
    places: list[tuple[slice, slice]],
    wins: list[NDArray[np.bool_]],
    dx: Array,
) -> None:
    """Adds to ``dx`` the gradient that ``dy`` sends to each window's maximum; ``dy`` is used up."""
    for (outputs, inputs), win in zip(places[:0:-1], reversed(wins), strict=True):
        rest = dy[_at(axis, outputs)]
        part = np.multiply(rest, win)
        dx[_at(axis, inputs)] += part
        rest -= part
    outputs, inputs = places[0]
    dx[_at(axis, inputs)] += dy[_at(axis, outputs)]


def window_sum(x: Array, axis: int, places: list[tuple[slice, slice]], y: Array) -> None:
    """Writes the sums of windows along ``axis`` to ``y``."""
    y.fill(0)
    for outputs, inputs in places:
        y[_at(axis, outputs)] += x[_at(axis, inputs)]


def window_sum_back(dy: Array, axis: int, places: list[tuple[slice, slice]], dx: Array) -> None:
    """Adds to ``dx`` the gradient that ``dy`` sends to each value of its window."""
    for outputs, inputs in places:
        dx[_at(axis, inputs)] += dy[_at(axis, outputs)]


def window_counts(size: int, places: list[tuple[slice, slice]], count: int) -> NDArray[np.float64]:
    """How many real pixels each window along an axis of ``size`` holds."""
    counts = np.zeros(count)
    window_sum(np.ones(size), 0, places, counts)
    return counts
