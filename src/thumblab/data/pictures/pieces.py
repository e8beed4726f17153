"""Connected pieces of a mask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def label(mask: Array) -> tuple[Array, int]:
    """A number from 1 for each 8-connected piece of a bool mask ``(h, w)``, 0 outside; their count.

    Runs of a row are joined with those of the row above that they touch (Rosenfeld & Pfaltz 1966).
    """
    parent = [0]

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    labels = np.zeros(mask.shape, np.int64)
    above: list[tuple[int, int, int]] = []
    for row, line in zip(labels, mask, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
        runs = []
        for start, stop in edges.reshape(-1, 2).tolist():
            touching = {
                root(name) for first, last, name in above if first <= stop and last >= start
            }
            name = min(touching, default=len(parent))
            if not touching:
                parent.append(name)
            for other in touching:
                parent[other] = name
            row[start:stop] = name
            runs.append((start, stop, name))
        above = runs
    roots = np.array([root(number) for number in range(len(parent))])
    known, numbers = np.unique(roots, return_inverse=True)
    return numbers[labels], len(known) - 1
