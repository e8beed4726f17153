"""Maxima and sums of windows, one axis after the other.

Taking the columns first and the rows second, and the earlier of equal values each time, sends a
gradient to the first of equal maxima in row order, as PyTorch does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Places = list[tuple[slice, slice]]
"""What ``taps`` finds."""


def taps(size: int, kernel: int, stride: int, before: int, count: int) -> Places:
    """For each position in the window, the outputs that have it and the inputs they read.

    Positions that fall into the padding have no input, so no padding value is needed.
    """
    found = []
    for j in range(kernel):
        first = max(0, -(-(before - j) // stride))
        last = max(first, min(count, (size - 1 + before - j) // stride + 1))
        start = first * stride + j - before
        found.append((slice(first, last), slice(start, start + (last - first) * stride, stride)))
    return found


def _at(axis: int, where: slice) -> tuple[slice, ...]:
    return (slice(None),) * axis + (where,)


def _everywhere(places: Places, count: int) -> bool:
    """Whether every position in the window has an input at each of ``count`` outputs."""
    return all(outputs == slice(0, count) for outputs, _ in places)


def _side_by_side(places: Places, count: int) -> bool:
    """Whether windows are whole and each begins where the one before ends."""
    return _everywhere(places, count) and all(inputs.step == len(places) for _, inputs in places)


def window_max(
    x: Array, axis: int, places: Places, y: Array, *, needs_grad: bool = True
) -> list[NDArray[np.bool_]]:
    """Writes the maxima along ``axis`` to ``y``; returns, per later position, where it wins.

    A position wins where it exceeds all before it; the last winner is the maximum. Unless it
    ``needs_grad``, winners are not looked for.
    """
    wins = []
    candidates = [x[_at(axis, inputs)] for _, inputs in places]
    begun = 2 if len(places) > 1 and _everywhere(places[:2], y.shape[axis]) else 0
    if begun:
        if needs_grad:
            wins.append(np.greater(candidates[1], candidates[0]))
        np.maximum(candidates[0], candidates[1], out=y)
    else:
        y.fill(-np.inf)
    for number in range(begun, len(places)):
        best, candidate = y[_at(axis, places[number][0])], candidates[number]
        if number and needs_grad:
            wins.append(np.greater(candidate, best))
        np.maximum(best, candidate, out=best)
    return wins


def window_max_back(
    dy: Array, axis: int, places: Places, wins: list[NDArray[np.bool_]], dx: Array
) -> None:
    """Writes to ``dx`` the gradient that ``dy`` sends to each window's maximum; ``dy`` is used up."""
    apart = _side_by_side(places, dy.shape[axis])
    _clear(dx, axis, places, apart)
    for (outputs, inputs), win in zip(places[:0:-1], reversed(wins), strict=True):
        rest, target = dy[_at(axis, outputs)], dx[_at(axis, inputs)]
        part = np.multiply(rest, win, out=target if apart else None)
        if not apart:
            target += part
        rest -= part
    outputs, inputs = places[0]
    _send(dy[_at(axis, outputs)], dx[_at(axis, inputs)], apart)


def window_sum(x: Array, axis: int, places: Places, y: Array) -> None:
    """Writes the sums of windows along ``axis`` to ``y``."""
    parts = [x[_at(axis, inputs)] for _, inputs in places]
    if len(places) > 1 and _everywhere(places, y.shape[axis]):
        np.add(parts[0], parts[1], out=y)
        for part in parts[2:]:
            y += part
        return
    y.fill(0)
    for (outputs, _), part in zip(places, parts, strict=True):
        y[_at(axis, outputs)] += part


def window_sum_back(dy: Array, axis: int, places: Places, dx: Array) -> None:
    """Writes to ``dx`` the gradient that ``dy`` sends to each value of its window."""
    apart = _side_by_side(places, dy.shape[axis])
    _clear(dx, axis, places, apart)
    for outputs, inputs in places:
        _send(dy[_at(axis, outputs)], dx[_at(axis, inputs)], apart)


def _clear(dx: Array, axis: int, places: Places, apart: bool) -> None:
    """Zeros where nothing will be written; if windows are not ``apart``, where anything will be added."""
    if not apart:
        dx.fill(0)
        return
    first = places[0][1]
    dx[_at(axis, slice(0, first.start))] = 0
    dx[_at(axis, slice(first.stop, None))] = 0


def _send(part: Array, target: Array, apart: bool) -> None:
    if apart:
        target[...] = part
    else:
        target += part


def window_counts(size: int, places: Places, count: int) -> NDArray[np.float64]:
    """How many real pixels each window along an axis of ``size`` holds."""
    counts = np.zeros(count)
    window_sum(np.ones(size), 0, places, counts)
    return counts
