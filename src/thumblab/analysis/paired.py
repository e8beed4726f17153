"""Two ways of training, compared seed by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class PairedDifference:
    """``first - second`` over seeds that both share.

    Attributes:
        mean: Of the differences.
        low: Lower end of the confidence interval of the mean.
        high: Upper end.
        spread: Standard deviation of the differences (``n - 1`` below).
        p_value: Probability of a mean so far from 0 if there were no difference.
        seeds: How many pairs.
    """

    mean: float
    low: float
    high: float
    spread: float
    p_value: float
    seeds: int


def paired_difference(first: Array, second: Array, *, confidence: float = 0.95) -> PairedDifference:
    """Student's paired t-test of results that share their seeds, two-sided.

    Args:
        first: A result for each seed ``(seeds,)``, such as accuracies.
        second: Those of the other way, for the same seeds in the same order.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.

    Returns:
        The mean difference with its interval. Where all differences are equal the interval has no
        width, and the p-value is 1 if they are 0, else 0: so few seeds have not shown any spread.

    Raises:
        ValueError: If the lengths differ, or there are fewer than two seeds: one proves nothing.

    Example:
        >>> found = paired_difference(np.array([0.91, 0.93, 0.92]), np.array([0.9, 0.91, 0.91]))
        >>> round(found.mean, 4), round(found.low, 4), round(found.p_value, 3)
        (0.0133, -0.001, 0.057)

    Source: Student 1908, doi:10.1093/biomet/6.1.1, by SciPy.
    """
    from scipy.stats import t as student
    from scipy.stats import ttest_rel

    if first.shape != second.shape or first.ndim != 1 or len(first) < 2:
        raise ValueError(
            f"results have shapes {first.shape} and {second.shape}; give both (seeds,), of at least "
            "two seeds"
        )
    differences = np.asarray(first, np.float64) - second
    count, mean = len(differences), float(differences.mean())
    spread = float(differences.std(ddof=1))
    half = float(student.ppf((1 + confidence) / 2, count - 1)) * spread / count**0.5
    if spread <= 1e-12 * max(1.0, abs(mean)):
        p_value = float(abs(mean) <= 1e-12)
    else:
        p_value = float(ttest_rel(first, second).pvalue)
    return PairedDifference(mean, mean - half, mean + half, spread, p_value, count)
