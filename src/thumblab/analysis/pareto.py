"""Accuracy against cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def pareto_front(
    costs: Array, values: Array, noise: Array | None = None, value_noise: Array | None = None
) -> Array:
    """Which candidates no other beats: none is as cheap and better, or as good and cheaper.

    Args:
        costs: ``(n,)``, the less the better, such as seconds or parameters.
        values: ``(n,)``, the more the better, such as accuracies.
        noise: How far each cost may lie beside the truth ``(n,)``, at least 0: costs that differ by
            no more than the noise of both are alike. None for costs that are exact.
        value_noise: The same of the values: what costs more is on the front only if it is better by
            more than that.

    Returns:
        bool ``(n,)``; candidates that are exactly alike in both stand or fall together.

    Raises:
        ValueError: If the lengths differ, there is no candidate, or a number is not finite.

    Example:
        >>> pareto_front(np.array([1, 2, 3, 3]), np.array([0.8, 0.7, 0.9, 0.85]))
        array([ True, False,  True, False])
        >>> pareto_front(np.array([1.0, 1.1]), np.array([0.8, 0.8]), np.array([0.1, 0.1]))
        array([ True,  True])
        >>> pareto_front(np.array([1, 2]), np.array([0.8, 0.81]), value_noise=np.array([0.01, 0.01]))
        array([ True, False])
    """
    if costs.shape != values.shape or costs.ndim != 1 or not len(costs):
        raise ValueError(
            f"costs have shape {costs.shape} and values {values.shape}; give both (n,), of at least "
            "one candidate"
        )
    if not (np.isfinite(costs).all() and np.isfinite(values).all()):
        raise ValueError("costs or values hold NaN or infinity; leave those candidates out")
    cheaper, better = costs[:, None] - costs, values - values[:, None]  # [i, j]: j beats i by
    loose, lucky = _of_pairs(noise, len(costs)), _of_pairs(value_noise, len(costs))
    beats = (cheaper >= -loose) & (better >= -lucky) & ((cheaper > loose) | (better > lucky))
    return np.logical_not(beats.any(1))


def _of_pairs(noise: Array | None, count: int) -> Array:
    """By how much two candidates may differ and be alike."""
    each = np.zeros(count) if noise is None else noise
    if each.shape != (count,) or not (each >= 0).all():
        raise ValueError(f"noise is {noise}; give one number of at least 0 for each candidate")
    pairs: Array = each[:, None] + each
    return pairs
