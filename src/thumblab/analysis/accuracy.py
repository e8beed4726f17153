"""Shares of images whose class a network knows."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses, check_logits

Array = NDArray[Any]


def accuracy(guesses: Array, labels: Array) -> float:
    """Share of samples whose guess is their label.

    Args:
        guesses: Class indices ``(n,)``; taking them from logits decides ties (NumPy's
            ``argmax``, as everywhere here, gives a tie to the lowest index).
        labels: Class indices ``(n,)``.

    Returns:
        A fraction in ``[0, 1]``.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Example:
        >>> accuracy(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]))
        0.75
    """
    check_guesses(guesses, labels)
    return float(np.mean(guesses == labels))


def accuracy_interval(
    guesses: Array, labels: Array, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Wilson's interval for the accuracy on other images drawn as these were.

    It speaks of the choice of images only, not of another seed's network.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.

    Returns:
        ``(low, high)``, fractions in ``[0, 1]``.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Example:
        >>> low, high = accuracy_interval(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]))
        >>> round(low, 3), round(high, 3)
        (0.301, 0.954)

    Source: see ``wilson``.
    """
    check_guesses(guesses, labels)
    return wilson(int(np.sum(guesses == labels)), len(labels), confidence)


def wilson(right: int, images: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for the share of which ``right`` of ``images`` are a sample.

    Bit for bit that of ``scipy.stats.binomtest``, without the half second that its import takes, which
    would be at the end of every training.

    >>> [round(end, 3) for end in wilson(3, 4)]
    [0.301, 0.954]

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    from scipy.special import ndtri

    share, z = right / images, float(ndtri(0.5 + 0.5 * confidence))
    below = 2 * (images + z**2)
    center = (2 * images * share + z**2) / below
    reach = z / below * sqrt(4 * images * share * (1 - share) + z**2)
    return center - reach if right else 0.0, center + reach if right < images else 1.0


def top_k_accuracy(logits: Array, labels: Array, *, k: int = 5) -> float:
    """Share of samples whose label is among the ``k`` highest logits.

    Ties count against the sample: its label is a hit only if fewer than ``k`` other classes score
    as high or higher.

    Args:
        logits: Scores ``(n, classes)``, higher is likelier; any strictly increasing transform of
            them gives the same result.
        labels: Class indices ``(n,)``.
        k: How many classes count as a hit, from 1 to the number of classes.

    Returns:
        A fraction in ``[0, 1]``.

    Raises:
        ValueError: If ``k`` is out of range, or the shapes do not fit.

    Example:
        >>> top_k_accuracy(np.array([[0.1, 0.7, 0.2]]), np.array([2]), k=2)
        1.0
        >>> top_k_accuracy(np.array([[0.5, 0.5, 0.1]]), np.array([0]), k=1)
        0.0

    Source: Russakovsky et al. 2015, arXiv:1409.0575 (top-5 error).
    """
    check_logits(logits, labels)
    if not 1 <= k <= logits.shape[1]:
        raise ValueError(f"k is {k}; give 1 to {logits.shape[1]}, the number of classes")
    own = np.take_along_axis(logits, labels[:, None], 1)
    rivals = (logits >= own).sum(1) - 1
    return float(np.mean(rivals < k))
