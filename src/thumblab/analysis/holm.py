"""Several comparisons at once, and the luck that comes with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def holm(p_values: Array) -> Array:
    """Holm's adjusted p-values.

    To call those below ``alpha`` differences, and the others not resolved, is wrong about any of
    them with probability ``alpha`` at most, however the comparisons depend on one another.

    Args:
        p_values: ``(comparisons,)``, each in ``[0, 1]``.

    Returns:
        ``(comparisons,)`` in the order given, each at least its own p-value and at most 1.

    Raises:
        ValueError: If they are not one-dimensional, or one lies outside ``[0, 1]``.

    Example:
        >>> holm(np.array([0.01, 0.04, 0.03])).round(3)
        array([0.03, 0.06, 0.06])

    Source: Holm 1979, *Scandinavian Journal of Statistics* 6, 65-70.
    """
    values = np.asarray(p_values, np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"p-values are {p_values}; give (comparisons,), each from 0 to 1")
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
