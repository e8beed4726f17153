"""Whether a network that says 80 % is right 80 % of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_logits
from thumblab.analysis.cross_entropy import probabilities

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Reliability:
    """Samples gathered by confidence, the probability of their guess; one entry a bin.

    Attributes:
        edges: Borders of the bins ``(bins + 1,)``, from 0 to 1.
        confidence: Mean confidence in each bin; NaN in an empty one.
        accuracy: Share of right guesses in each bin; NaN in an empty one.
        count: Samples in each bin, int64.
    """

    edges: Array
    confidence: Array
    accuracy: Array
    count: Array


def reliability(logits: Array, labels: Array, *, bins: int = 15) -> Reliability:
    """Confidence against accuracy in bins of equal width.

    A bin holds its upper border but not its lower one. The guess is the class of the highest
    logit, a tie going to the lowest index.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.
        bins: How many, at least 1.

    Raises:
        ValueError: If ``bins`` is below 1, the shapes do not fit, or a logit is not finite.

    Example:
        >>> found = reliability(np.array([[0.0, 9.0], [9.0, 0.0]]), np.array([1, 1]), bins=2)
        >>> found.accuracy, found.count
        (array([nan, 0.5]), array([0, 2]))

    Source: Guo et al. 2017, arXiv:1706.04599, section 2.
    """
    check_logits(logits, labels)
    if bins < 1:
        raise ValueError(f"bins is {bins}; give at least 1")
    confidences = probabilities(logits).max(1)
    hits = logits.argmax(1) == labels
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], confidences, side="left")
    count = np.bincount(which, minlength=bins)
    share = np.where(count, count, np.nan)
    return Reliability(
        edges=edges,
        confidence=np.bincount(which, confidences, bins) / share,
        accuracy=np.bincount(which, hits, bins) / share,
        count=count,
    )


def expected_calibration_error(logits: Array, labels: Array, *, bins: int = 15) -> float:
    """Mean distance between confidence and accuracy, over bins weighted by their samples.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.
        bins: How many bins of equal width (see ``reliability``); the number depends on it.

    Returns:
        A fraction in ``[0, 1]``; 0 for a network that is right as often as it says.

    Raises:
        ValueError: If ``bins`` is below 1, the shapes do not fit, or a logit is not finite.

    Example:
        >>> expected_calibration_error(np.array([[0.0, 0.0]] * 2), np.array([0, 1]))
        0.0

    Source: Naeini et al. 2015, doi:10.1609/aaai.v29i1.9602; Guo et al. 2017, arXiv:1706.04599.
    """
    found = reliability(logits, labels, bins=bins)
    gaps = np.abs(found.confidence - found.accuracy)
    return float(np.nansum(gaps * found.count) / found.count.sum())
