"""Whether one of two guessers is better, on the same images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class McNemar:
    """Images on which just one of two guessers is right, and what chance would make of them.

    Attributes:
        only_first: Images that the first alone gets right.
        only_second: Images that the second alone gets right.
        p_value: Probability of a split at least so uneven if both were equally good.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first: Array, second: Array) -> McNemar:
    """McNemar's exact test, two-sided.

    It speaks of other images drawn as these were, not of another seed's network.

    Args:
        first: Whether the first guesser is right, bool ``(n,)``, one a sample.
        second: Likewise the second, on the same samples in the same order.

    Returns:
        The two counts and a p-value in ``(0, 1]``; 1 where the two never differ.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an array is not bool.

    Example:
        >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 7))
        McNemar(only_first=6, only_second=0, p_value=0.03125)

    Source: McNemar 1947, doi:10.1007/BF02295996, as an exact binomial test, by SciPy.
    """
    from scipy.stats import binomtest

    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(
            f"hits have shapes {first.shape} and {second.shape}; give both (n,), one for each of "
            "at least one sample"
        )
    if first.dtype != np.bool_ or second.dtype != np.bool_:
        raise ValueError(f"hits are {first.dtype} and {second.dtype}; give bool, guesses == labels")
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differing = only_first + only_second
    p_value = float(binomtest(only_first, differing).pvalue) if differing else 1.0
    return McNemar(only_first, only_second, p_value)
