"""Whether a network that is often right also knows the classes that are rare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses
from thumblab.analysis.per_class import averages, class_scores

Array = NDArray[Any]


@dataclass(frozen=True)
class RareAndCommon:
    """What accuracy hides where classes differ in size; fractions in ``[0, 1]``.

    Attributes:
        accuracy: Share of right guesses; common classes decide it.
        macro_f1: Plain mean over classes of F1, as in ``averages``.
        rare_recall: Plain mean over the rare classes of the recall; NaN without samples of them.
        common_recall: Likewise over the others.
        rare: Indices of the rare classes, ascending.
    """

    accuracy: float
    macro_f1: float
    rare_recall: float
    common_recall: float
    rare: tuple[int, ...]


def rare_classes(counts: Array, *, share: float = 0.25) -> Array:
    """The classes with the fewest training samples.

    Args:
        counts: Training samples of each class ``(classes,)``.
        share: How many of the classes are called rare, in ``[0, 1]``: ``floor(share * classes)``.

    Returns:
        Class indices, ascending; of equal counts the lower index is the rarer.

    Raises:
        ValueError: If ``share`` is out of range, or ``counts`` has another shape.

    Example:
        >>> rare_classes(np.array([9, 1, 5, 1]), share=0.5)
        array([1, 3])
    """
    if counts.ndim != 1 or not 0 <= share <= 1:
        raise ValueError(
            f"counts have shape {counts.shape} and share is {share}; give (classes,) and 0 to 1"
        )
    order = np.argsort(counts, kind="stable")
    return np.sort(order[: int(share * len(counts) + 1e-9)])


def rare_and_common(
    guesses: Array, labels: Array, counts: Array, *, share: float = 0.25
) -> RareAndCommon:
    """Accuracy beside macro-F1 and the recall of rare classes.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        counts: Training samples of each class ``(classes,)``; they say which are rare.
        share: Share of the classes that are called rare.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> guesses, labels = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
        >>> found = rare_and_common(guesses, labels, np.array([90, 10]), share=0.5)
        >>> found.accuracy, found.rare, found.rare_recall, found.common_recall
        (0.75, (1,), 0.5, 1.0)
    """
    check_guesses(guesses, labels, len(counts))
    rare = rare_classes(counts, share=share)
    scores = class_scores(guesses, labels, len(counts))
    there = scores.support > 0
    is_rare = np.isin(np.arange(len(counts)), rare)
    return RareAndCommon(
        accuracy=float(np.mean(guesses == labels)),
        macro_f1=averages(guesses, labels, "macro").f1,
        rare_recall=_mean(scores.recall[there & is_rare]),
        common_recall=_mean(scores.recall[there & ~is_rare]),
        rare=tuple(map(int, rare)),
    )


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")
