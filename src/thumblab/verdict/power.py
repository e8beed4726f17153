"""What a number of seeds can see, and how many it takes to see what matters."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.estimates import quantile

Array = NDArray[Any]

MOST_SEEDS = 1000
"""More are not looked for."""
USUAL_POWER = 0.8
"""Chance of seeing a difference that one plans for."""
NODES = 64
"""Of the integral over the estimated variance."""


def power(effect: float | Array, freedom: float, level: float) -> float | Array:
    """The chance that a two-sided t-test sees a difference.

    The normal chance is averaged over the chi-square distribution of the estimated variance.

    Args:
        effect: The true difference in standard errors of its estimate, 0 or more, of any shape.
        freedom: Degrees of freedom of the estimated variance, above 0.
        level: Of the test, in ``(0, 1)``.

    Example:
        >>> round(float(power(3.26 * 3**0.5, 2, 0.05)), 2)
        0.8
    """
    from scipy.special import gammaincinv, ndtr

    places, weights = _nodes()
    shares = (places + 1) / 2
    errors = np.sqrt(2 * gammaincinv(freedom / 2, shares) / freedom)
    bar = float(quantile(level, freedom)) * errors
    at = np.asarray(effect, np.float64)[..., None]
    found = (ndtr(at - bar) + ndtr(-at - bar)) @ weights / 2
    return float(found) if np.ndim(effect) == 0 else np.asarray(found)


@cache
def _nodes() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(NODES)


def smallest_visible(
    sd: float,
    seeds: int,
    *,
    comparisons: int = 1,
    level: float = 0.05,
    wanted: float = USUAL_POWER,
    lent: float = 0.0,
    luck: float = 0.0,
) -> float:
    """The smallest true difference that a study would see, before it is run.

    Args:
        sd: Standard deviation over the seeds of a paired difference, as fractions; ``pilot_sd`` has
            it of two networks.
        seeds: How many each arm will have, 2 or more.
        comparisons: That are declared; the first step of the correction decides.
        level: Chance of a wrong word in the whole study.
        wanted: Chance of seeing the difference, in ``(level, 1)``.
        lent: Degrees of freedom that other arms lend, 0 to 2.
        luck: Variance that the choice of the images adds; 0 speaks of these images only.

    Returns:
        In the units of ``sd``.

    Example:
        >>> round(smallest_visible(1.0, 5), 1), round(smallest_visible(1.0, 3, comparisons=16), 1)
        (1.7, 13.1)
    """
    error: float = (sd**2 / seeds + luck) ** 0.5
    freedom = _freedom(sd**2, seeds, lent, luck)
    low, high = 0.0, 10.0
    while power(high, freedom, level / comparisons) < wanted:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        short = power(middle, freedom, level / comparisons) < wanted
        low, high = (middle, high) if short else (low, middle)
    return high * error


def seeds_needed(
    difference: float,
    sd: float,
    *,
    comparisons: int = 1,
    level: float = 0.05,
    wanted: float = USUAL_POWER,
    lent: float = 0.0,
    luck: float = 0.0,
    least: int = 2,
) -> int | None:
    """How many seeds see a difference of this size; None if no number below 1,000 does.

    It is asked of the difference that matters, never of the one that was found: the power at that
    one is the p-value in other words.

    Args:
        difference: That is to be seen, above 0.
        sd: Standard deviation over the seeds of a paired difference, in the same units.
        comparisons: As in ``smallest_visible``, like the arguments below.
        level: Chance of a wrong word in the whole study.
        wanted: Chance of seeing it.
        lent: Degrees of freedom that other arms lend.
        luck: Variance that the choice of the images adds; with much of it no number of seeds will do.
        least: The fewest seeds that are looked at.

    Example:
        >>> seeds_needed(1.0, 1.0), seeds_needed(1.0, 1.0, luck=0.2)
        (10, None)
    """

    def sees(seeds: int) -> bool:
        error = (sd**2 / seeds + luck) ** 0.5
        freedom = _freedom(sd**2, seeds, lent, luck)
        return bool(power(difference / error, freedom, level / comparisons) >= wanted)

    if not sees(MOST_SEEDS):
        return None
    low, high = least - 1, MOST_SEEDS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sees(middle) else (middle, high)
    return high


def _freedom(variance: float, seeds: int, lent: float, luck: float) -> float:
    """Satterthwaite's, of a variance whose share of the images is all but known."""
    own = seeds - 1 + lent
    return own * (1 + luck * seeds / variance) ** 2


def pilot_sd(hits: Array) -> float:
    """What the seeds of a difference will spread by, from networks of one arm that differ in their seed.

    From the images on which they disagree: the spread of independent mistakes, which two networks
    tell about as well as the accuracies of ten. Arms that share much of their seeds' luck differ by
    less.

    Args:
        hits: bool ``(seeds, images)``, of two seeds or more.

    Returns:
        A standard deviation of the difference of two such arms, in fractions.

    Source: Jordan 2023, arXiv:2304.01910.
    """
    seeds, images = hits.shape
    right = hits.sum(0)
    within = float((right * (seeds - right)).sum()) / seeds / (seeds - 1)
    return float((2 * max(within, 0.5)) ** 0.5 / images)
