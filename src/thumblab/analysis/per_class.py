"""Precision, recall and F1: class by class, and averaged in three named ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses

Array = NDArray[Any]

Averaging = Literal["macro", "micro", "weighted"]


@dataclass(frozen=True, eq=False)
class ClassScores:
    """One entry a class.

    Attributes:
        precision: Of the samples taken for the class, the share that are of it; float64.
        recall: Of the samples of the class, the share taken for it; float64.
        f1: Harmonic mean of the two; float64.
        support: Samples of the class; int64.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Array


DEFINITIONS: dict[Averaging, str] = {
    "macro": "plain mean over the classes that occur, rare ones counting as much as common ones",
    "micro": "all samples pooled; with one label an image, the accuracy",
    "weighted": "mean over the classes, each weighted by its samples",
}
"""What each average is, in words to print beside the number."""


@dataclass(frozen=True)
class Averages:
    """The three scores over all classes, fractions in ``[0, 1]``, and how they were averaged."""

    precision: float
    recall: float
    f1: float
    averaging: Averaging

    @property
    def definition(self) -> str:
        """What the average is, in words to print beside the numbers."""
        return DEFINITIONS[self.averaging]


def class_scores(guesses: Array, labels: Array, classes: int) -> ClassScores:
    """Precision, recall and F1 of every class.

    A score whose denominator is 0 (a class never guessed, or without samples) is 0.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        classes: How many classes there are.

    Returns:
        Arrays ``(classes,)``.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> scores = class_scores(np.array([0, 1, 1]), np.array([0, 0, 1]), 3)
        >>> scores.precision, scores.recall, scores.support
        (array([1. , 0.5, 0. ]), array([0.5, 1. , 0. ]), array([2, 1, 0]))

    Source: van Rijsbergen 1979, *Information Retrieval*, by scikit-learn.
    """
    from sklearn.metrics import precision_recall_fscore_support

    check_guesses(guesses, labels, classes)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, guesses, labels=np.arange(classes), zero_division=0
    )
    return ClassScores(precision, recall, f1, support.astype(np.int64))


def averages(guesses: Array, labels: Array, averaging: Averaging) -> Averages:
    """Precision, recall and F1 over the classes that occur among labels or guesses.

    ``macro`` is the plain mean over classes, so that rare ones count as much as common ones;
    ``weighted`` weights each class by its samples; ``micro`` pools all samples, and with one label
    an image all three of its scores are the accuracy.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        averaging: Which of the three; F1 is the mean of the classes' F1, not that of the means.

    Raises:
        ValueError: If the lengths differ, there is no sample, or ``averaging`` is unknown.

    Example:
        >>> averages(np.array([0, 1, 1]), np.array([0, 0, 1]), "macro")
        Averages(precision=0.75, recall=0.75, f1=0.6666666666666666, averaging='macro')
    """
    from sklearn.metrics import precision_recall_fscore_support

    check_guesses(guesses, labels)
    if averaging not in ("macro", "micro", "weighted"):
        raise ValueError(f"averaging is {averaging!r}; choose macro, micro or weighted")
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, guesses, average=averaging, zero_division=0
    )
    return Averages(float(precision), float(recall), float(f1), averaging)
