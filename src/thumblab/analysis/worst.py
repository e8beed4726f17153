"""The images a network understands least."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.cross_entropy import cross_entropies

Array = NDArray[Any]


def worst_losses(logits: Array, labels: Array, *, limit: int | None = None) -> Array:
    """Samples by their cross-entropy, highest first; of equal ones, the earlier first.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.
        limit: At most so many; None gives all.

    Returns:
        Row indices, int64.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> worst_losses(np.array([[0.0, 9.0], [9.0, 0.0], [0.0, 0.0]]), np.array([1, 1, 1]))
        array([1, 2, 0])
    """
    return np.argsort(-cross_entropies(logits, labels), kind="stable")[:limit]
