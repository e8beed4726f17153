"""Class weights from how many samples each class has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value, type_name

Counts = NDArray[np.float64]
"""Training samples of each class."""


@dataclass(frozen=True)
class Weighting(Value):
    """Base of the class weightings. To add one, derive from it and register ``amounts``."""


@dataclass(frozen=True)
class InverseFrequency(Weighting):
    """Weights inverse to the number of samples.

    >>> class_weights(InverseFrequency(), [10, 30])
    (1.5, 0.5)
    """


@dataclass(frozen=True)
class EffectiveNumber(Weighting):
    """Weights ``(1 - beta) / (1 - beta^n)``, inverse to the effective number of ``n`` samples.

    >>> class_weights(EffectiveNumber(beta=0.0), [10, 30])
    (1.0, 1.0)

    Attributes:
        beta: In [0, 1). 0 weighs all alike; toward 1 the weights become ``InverseFrequency``.

    Source: Cui et al. 2019, arXiv:1901.05555.
    """

    beta: float = 0.999

    def __post_init__(self) -> None:
        if not 0 <= self.beta < 1:
            raise UsageError(f"beta {self.beta} must be in [0, 1)")


@singledispatch
def amounts(weighting: Weighting, counts: Counts) -> Counts:
    """What each class's weight is inverse to; 0 where ``counts`` is 0."""
    raise MissingRuleError(
        f"no rule for {type_name(type(weighting))}; register one with @amounts.register"
    )


@amounts.register
def _samples(weighting: InverseFrequency, counts: Counts) -> Counts:
    return counts


@amounts.register
def _effective(weighting: EffectiveNumber, counts: Counts) -> Counts:
    found: Counts = (1 - weighting.beta**counts) / (1 - weighting.beta)
    return found


def class_weights(weighting: Weighting, counts: Sequence[int]) -> tuple[float, ...]:
    """The weight of each class, with mean 1.

    A class without samples has the weight 0 and no part in the mean.

    Args:
        weighting: How they are found.
        counts: Training samples of each class.

    Raises:
        UsageError: If a count is negative, or all are 0.
    """
    found = np.asarray(counts, np.float64)
    if found.ndim != 1 or not (found >= 0).all() or not found.any():
        raise UsageError(
            f"counts {counts} must be at least 0, one for each class, and not all of them 0"
        )
    numbers, there = amounts(weighting, found), found > 0
    inverse = np.zeros_like(found)
    inverse[there] = 1 / numbers[there]
    return tuple((inverse / inverse[there].mean()).tolist())
