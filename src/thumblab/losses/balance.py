"""Class weights from how many samples each class has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError


def balanced_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Weights inverse to the frequency of each class, with mean 1.

    A class without samples has the weight 0 and no part in the mean.

    Args:
        counts: Training samples of each class.

    Example:
        >>> balanced_weights([10, 30])
        (1.5, 0.5)
    """
    return _mean_one(_checked(counts))


def effective_number_weights(counts: Sequence[int], beta: float = 0.999) -> tuple[float, ...]:
    """Weights ``(1 - beta) / (1 - beta^n)``, inverse to the effective number of samples, with mean 1.

    ``beta`` 0 weighs all alike; towards 1 the weights become those of ``balanced_weights``. A class
    without samples has the weight 0 and no part in the mean.

    Args:
        counts: Training samples of each class.
        beta: In [0, 1).

    Example:
        >>> effective_number_weights([10, 30], beta=0.0)
        (1.0, 1.0)

    Source: Cui et al. 2019, arXiv:1901.05555.
    """
    if not 0 <= beta < 1:
        raise UsageError(f"beta {beta} must be in [0, 1)")
    found = _checked(counts)
    return _mean_one((1 - beta**found) / (1 - beta))


def _checked(counts: Sequence[int]) -> NDArray[np.float64]:
    found = np.asarray(counts, np.float64)
    if found.ndim != 1 or not (found >= 0).all() or not found.any():
        raise UsageError(
            f"counts {counts} must be at least 0, one for each class, and not all of them 0"
        )
    return found


def _mean_one(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    there = numbers > 0
    inverse = np.zeros_like(numbers)
    inverse[there] = 1 / numbers[there]
    return tuple((inverse / inverse[there].mean()).tolist())
