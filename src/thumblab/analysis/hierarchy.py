"""Mistakes weighed by the groups that the classes make."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_groups, check_guesses

Array = NDArray[Any]


def hierarchical_distances(guesses: Array, labels: Array, groups: Array) -> Array:
    """How far up guess and truth meet: 0 the class itself, 1 its group, 2 the root.

    Their mean over all samples is the hierarchical distance at 1, their mean over mistakes the
    severity of the mistakes. Published numbers mostly stand on deeper trees than these two levels.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.

    Returns:
        int64 ``(n,)``, each 0, 1 or 2.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> hierarchical_distances(np.array([0, 1, 2]), np.array([0, 0, 0]), np.array([0, 0, 1]))
        array([0, 1, 2])

    Source: the height of the lowest common ancestor, Bertinetto et al. 2020, arXiv:1912.09393.
    """
    check_guesses(guesses, labels, len(groups))
    heights: Array = (guesses != labels).astype(np.int64) + (groups[guesses] != groups[labels])
    return heights


def hierarchical_distance(logits: Array, labels: Array, groups: Array, *, k: int = 1) -> float:
    """Mean of ``hierarchical_distances`` over samples and over the ``k`` likeliest classes.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.
        k: How many classes of each sample count, likeliest first; of equal logits the lower index.

    Returns:
        From 0 to 2. Beyond ``k = 1`` even a perfect network's is not 0.

    Raises:
        ValueError: If ``k`` is out of range, or the shapes do not fit.

    Example:
        >>> logits, groups = np.array([[3.0, 2.0, 1.0]]), np.array([0, 0, 1])
        >>> [hierarchical_distance(logits, np.array([0]), groups, k=k) for k in (1, 2, 3)]
        [0.0, 0.5, 1.0]

    Source: Bertinetto et al. 2020, arXiv:1912.09393 (hierarchical distance of the top k).
    """
    check_groups(logits, labels, groups)
    if not 1 <= k <= logits.shape[1]:
        raise ValueError(f"k is {k}; give 1 to {logits.shape[1]}, the number of classes")
    best = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    distances = hierarchical_distances(best.ravel(), np.repeat(labels, k), groups)
    return float(distances.mean())


def errors_inside_groups(guesses: Array, labels: Array, groups: Array) -> float:
    """Share of the mistakes whose guess is at least in the truth's group.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.

    Returns:
        A fraction in ``[0, 1]``; NaN where there is no mistake.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> guesses, labels = np.array([0, 1, 2]), np.array([0, 0, 0])
        >>> errors_inside_groups(guesses, labels, np.array([0, 0, 1]))
        0.5
    """
    distances = hierarchical_distances(guesses, labels, groups)
    wrong = int((distances > 0).sum())
    return float((distances == 1).sum() / wrong) if wrong else float("nan")


def consistency(guesses: Array, coarse_guesses: Array, groups: Array) -> float:
    """Share of samples whose coarse guess is the group of their fine guess.

    Args:
        guesses: Class indices ``(n,)``.
        coarse_guesses: Group indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.

    Returns:
        A fraction in ``[0, 1]``.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> consistency(np.array([0, 2]), np.array([0, 0]), np.array([0, 0, 1]))
        0.5
    """
    check_guesses(guesses, coarse_guesses, len(groups))
    return float((groups[guesses] == coarse_guesses).mean())
