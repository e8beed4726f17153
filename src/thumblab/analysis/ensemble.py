"""Several networks asked about the same images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def ensemble(members: Sequence[Array]) -> Array:
    """Logits whose softmax is the mean of the members' probabilities.

    So whatever reads the logits of one network reads those of several.

    Args:
        members: Logits ``(n, classes)`` of each, on the same samples in the same order.

    Returns:
        Logarithms of the mean probabilities ``(n, classes)``, float64, finite.

    Raises:
        ValueError: If there is no member, or their shapes differ.

    Example:
        >>> sure, unsure = np.log([[0.9, 0.1]]), np.log([[0.3, 0.7]])
        >>> np.exp(ensemble([sure, unsure])).round(2)
        array([[0.6, 0.4]])

    Source: Hansen & Salamon 1990, doi:10.1109/34.58871.
    """
    from scipy.special import log_softmax, logsumexp

    shapes = {np.shape(logits) for logits in members}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ValueError(
            f"members have logits of shapes {sorted(shapes)}; give (n, classes), the same for each"
        )
    logs = [log_softmax(np.asarray(logits, np.float64), axis=1) for logits in members]
    mean: Array = logsumexp(np.stack(logs), axis=0) - np.log(len(logs))
    return mean
