"""Labels along a line, moved apart so that none covers another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def spread(wanted: Array, gap: float, low: float = -np.inf, high: float = np.inf) -> Array:
    """Places as near as may be to those wanted, in their order, at least ``gap`` apart.

    The sum of squared moves is least: neighbors that would overlap form a block around their mean (pool
    adjacent violators).

    Args:
        wanted: ``(n,)``, in any order.
        gap: At least 0; it shrinks where they would not fit.
        low: No place is below.
        high: No place is above.

    >>> spread(np.array([0.5, 0.1, 0.5]), 0.2).round(2).tolist()
    [0.4, 0.1, 0.6]
    """
    order = np.argsort(wanted, kind="stable")
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    shifted = wanted[order] - gap * np.arange(len(wanted))
    blocks: list[tuple[float, int]] = []
    for value in shifted:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    places = np.empty(len(wanted))
    level = np.array([mean for mean, size in blocks for _ in range(size)])
    level = np.clip(level, low, high - gap * max(len(wanted) - 1, 0))
    places[order] = level + gap * np.arange(len(wanted))
    return places
