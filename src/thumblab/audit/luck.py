"""How far the best of several equals stands out by luck."""

from __future__ import annotations

import numpy as np

STEPS = 4001


def expected_maximum(count: int) -> float:
    """The expected largest of ``count`` independent standard normal values.

    So many standard deviations above its true worth stands the best of ``count`` repetitions that are all
    worth the same.

    Args:
        count: How many, at least 1.

    Raises:
        ValueError: If there is none.

    Example:
        >>> round(expected_maximum(1), 6) + 0.0, round(expected_maximum(2), 4), round(expected_maximum(10), 3)
        (0.0, 0.5642, 1.539)

    Source: Dodge et al. 2019, arXiv:1909.03004; order statistics, David & Nagaraja 2003.
    """
    from scipy.stats import norm

    if count < 1:
        raise ValueError(f"count is {count}; give at least 1")
    values = np.linspace(-9, 9, STEPS)
    density = count * norm.pdf(values) * norm.cdf(values) ** (count - 1)
    return float(np.trapezoid(values * density, values))
