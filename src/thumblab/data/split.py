"""Stratified choices of samples: a validation part of the training part, and a smaller subset."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.core.random import stream

Rows = NDArray[np.int64]
"""Sorted row indices."""


def validation_split(
    labels: NDArray[np.int64], share: float, seed: int, duplicates: NDArray[Any] | None = None
) -> tuple[Rows, Rows]:
    """Rows to train on and rows to validate on: disjoint, together all, each class in proportion.

    Validation gets ``round(share * n)`` rows, spread over the classes by largest remainder; fewer
    only where a class would lose its last training row, or where ``duplicates`` do not fit.

    Args:
        labels: Class indices ``(n,)``.
        share: Fraction for validation, in ``[0, 1)``.
        seed: Another seed chooses other rows.
        duplicates: Group number of each row ``(n,)``; a group stays on one side. None means none.

    Returns:
        ``(training rows, validation rows)``, each sorted.

    Raises:
        UsageError: If ``share`` is out of range or ``duplicates`` has another length.

    Example:
        >>> train, held = validation_split(np.array([0, 1] * 10), 0.2, seed=0)
        >>> len(train), len(held), int(held.size and np.array([0, 1] * 10)[held].sum())
        (16, 4, 2)
    """
    if not 0 <= share < 1:
        raise UsageError(f"validation share is {share}; give a fraction from 0 to below 1")
    if duplicates is not None and duplicates.shape != labels.shape:
        raise UsageError(
            f"duplicates has shape {duplicates.shape}, labels {labels.shape}; give one a row"
        )
    counts = np.bincount(labels)
    quotas = _apportion(counts, round(share * len(labels)), counts * 0, np.maximum(counts - 1, 0))
    order = stream(seed, "split").permutation(len(labels))
    if duplicates is None:
        held = _first_of_each(labels, order, quotas)
    else:
        held = _whole_groups(labels, order, quotas, duplicates)
    chosen = np.zeros(len(labels), bool)
    chosen[held] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def subset(labels: NDArray[np.int64], count: int, seed: int) -> Rows:
    """``count`` sorted rows, each class in proportion, and none lost while ``count`` allows it.

    Args:
        labels: Class indices ``(n,)``.
        count: How many rows, from 1 to ``n``.
        seed: Another seed chooses other rows.

    Raises:
        UsageError: If ``count`` is out of range.
    """
    if not 1 <= count <= len(labels):
        raise UsageError(
            f"subset of {count} samples; give 1 to {len(labels)}, as many as there are"
        )
    counts = np.bincount(labels)
    least = np.minimum(counts, 1) if count >= np.count_nonzero(counts) else counts * 0
    quotas = _apportion(counts, count, least, counts)
    order = stream(seed, "subset").permutation(len(labels))
    return np.sort(_first_of_each(labels, order, quotas))


def _apportion(counts: Rows, total: int, least: Rows, most: Rows) -> Rows:
    """``total`` seats in proportion to ``counts`` by largest remainder, within the bounds."""
    ideal = total * counts / max(counts.sum(), 1)
    quotas: Rows = np.clip(np.floor(ideal).astype(np.int64), least, most)
    total = min(max(total, least.sum()), most.sum())
    while short := total - quotas.sum():
        open_ = quotas < most if short > 0 else quotas > least
        gap = np.where(open_, (ideal - quotas) * np.sign(short), -np.inf)
        quotas[np.argmax(gap)] += np.sign(short)
    return quotas


def _first_of_each(labels: NDArray[np.int64], order: Rows, quotas: Rows) -> Rows:
    """The first ``quotas[c]`` rows of each class ``c``, in the given order of rows."""
    by_class = order[np.argsort(labels[order], kind="stable")]
    counts = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen: Rows = by_class[rank < quotas[labels[by_class]]]
    return chosen


def _whole_groups(
    labels: NDArray[np.int64], order: Rows, quotas: Rows, duplicates: NDArray[Any]
) -> Rows:
    """Groups in the given order, each taken whole if every class in it still has room."""
    _, first, group = np.unique(duplicates[order], return_index=True, return_inverse=True)
    members = np.split(order[np.argsort(group, kind="stable")], np.cumsum(np.bincount(group))[:-1])
    room, held = quotas.copy(), []
    for which in np.argsort(first):
        rows = members[which]
        need = np.bincount(labels[rows], minlength=len(room))
        if (need <= room).all():
            room -= need
            held.append(rows)
    return np.concatenate(held) if held else order[:0]
