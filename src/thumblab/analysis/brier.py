"""Squared distance between what a network says and what is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_logits
from thumblab.analysis.cross_entropy import probabilities

Array = NDArray[Any]


def brier_score(logits: Array, labels: Array) -> float:
    """Mean over samples of the squared distance between the probabilities and the truth.

    The sum runs over all classes, as Brier defined it; for two classes it is twice the number that
    many libraries print.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.

    Returns:
        From 0, certain and right, to 2, certain and wrong.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> brier_score(np.array([[0.0, 0.0]]), np.array([1]))
        0.5

    Source: Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    check_logits(logits, labels)
    distances = probabilities(logits)
    distances[np.arange(len(labels)), labels] -= 1
    return float((distances**2).sum(1).mean())
