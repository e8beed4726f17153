"""How surprised a network is by the truth, image by image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_logits

Array = NDArray[Any]


def probabilities(logits: Array) -> Array:
    """Softmax of each row, in float64; safe for large logits.

    Args:
        logits: Scores ``(n, classes)``; adding a constant to a row changes nothing.

    Returns:
        ``(n, classes)``, in ``[0, 1]``; each row sums to 1.

    Example:
        >>> probabilities(np.array([[0.0, 0.0], [1000.0, 0.0]]))
        array([[0.5, 0.5],
               [1. , 0. ]])
    """
    from scipy.special import softmax

    result: Array = softmax(np.asarray(logits, np.float64), axis=1)
    return result


def cross_entropies(logits: Array, labels: Array) -> Array:
    """Minus the logarithm of the probability that each sample's label was given.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.

    Returns:
        Nats ``(n,)``, at least 0; their mean is the cross-entropy without label smoothing.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> cross_entropies(np.array([[0.0, 0.0]]), np.array([1])).round(4)
        array([0.6931])
    """
    from scipy.special import log_softmax

    check_logits(logits, labels)
    logs: Array = log_softmax(np.asarray(logits, np.float64), axis=1)
    taken: Array = np.take_along_axis(logs, labels[:, None], 1)[:, 0]
    return np.maximum(0.0 - taken, 0.0)


def negative_log_likelihood(logits: Array, labels: Array) -> float:
    """Mean of ``cross_entropies``: the loss, without label smoothing or class weights.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.

    Returns:
        Nats, at least 0; ``log(classes)`` for a network that knows nothing and says so.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> round(negative_log_likelihood(np.zeros((3, 10)), np.array([0, 1, 2])), 4)
        2.3026
    """
    return float(cross_entropies(logits, labels).mean())
