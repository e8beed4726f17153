"""Differences of arms, and how far seeds and images let each be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.crossed import Crossed

Array = NDArray[Any]

LENDERS = 3
"""So many comparisons lend each other what they know of the spread between seeds."""
MOST_LENT = 2.0
"""Degrees of freedom that may be lent: with more, arms of unlike spread are believed too much."""
LEAST_LENT = 0.5
"""Of the spread that independent mistakes would give: three arms whose seeds happen to tie lend no less."""
LEAST_RATIO = 0.1
"""Of the spread between seeds to what independent mistakes alone would give, where no arm lends."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Means of some comparisons with their variances; all arrays are ``(comparisons,)``.

    Attributes:
        mean: What is estimated.
        variance: Of ``mean``.
        freedom: Degrees of freedom behind the variance.
    """

    mean: Array
    variance: Array
    freedom: Array

    def interval(self, level: float | Array) -> tuple[Array, Array]:
        """Lower and upper ends of two-sided intervals that miss the truth with chance ``level``."""
        half = quantile(level, self.freedom) * np.sqrt(self.variance)
        return self.mean - half, self.mean + half

    def p_value(self, value: float | Array = 0.0) -> Array:
        """Two-sided, of the hypothesis that the truth is ``value``."""
        from scipy.special import stdtr

        far = np.abs(self.mean - value) / np.sqrt(self.variance)
        return np.asarray(2 * stdtr(self.freedom, -far))

    def p_value_below(self, value: float | Array = 0.0) -> Array:
        """One-sided, of the hypothesis that the truth is ``value`` or less."""
        from scipy.special import stdtr

        return np.asarray(stdtr(self.freedom, (value - self.mean) / np.sqrt(self.variance)))

    def p_value_above(self, value: float | Array = 0.0) -> Array:
        """One-sided, of the hypothesis that the truth is ``value`` or more."""
        from scipy.special import stdtr

        return np.asarray(stdtr(self.freedom, (self.mean - value) / np.sqrt(self.variance)))


def quantile(level: float | Array, freedom: float | Array) -> Array:
    """Of Student's t: what is passed in absolute value with chance ``level``."""
    from scipy.special import stdtrit

    return -np.asarray(stdtrit(freedom, np.asarray(level) / 2))


@dataclass(frozen=True, eq=False)
class Estimates:
    """Comparisons as the seeds and the images tell them; all arrays are ``(comparisons,)``.

    Attributes:
        seeds: How many.
        spread: Standard deviation of the difference over the seeds (``n - 1`` below).
        noise: Variance of one seed's difference if its mistakes were independent (``V``).
        luck: Variance that the choice of the images adds to a mean difference.
        these: On these images: over all seeds that might have been drawn.
        beyond: On images drawn as these were, too; None where two seeds alone cannot tell it.
    """

    seeds: int
    spread: Array
    noise: Array
    luck: Array
    these: Estimate
    beyond: Estimate | None

    @property
    def seed_variance(self) -> Array:
        """Of one seed's difference, as far as it is known."""
        return np.asarray(self.these.variance * self.seeds)

    @property
    def lent(self) -> Array:
        """Degrees of freedom that do not come from a comparison's own seeds."""
        return np.asarray(self.these.freedom - (self.seeds - 1))


def estimates(data: Crossed, contrasts: Array, *, lend: bool = True) -> Estimates:
    """Comparisons, with variances that few seeds do not make too small.

    Two or three seeds tell little of the spread between seeds, and where they tie nothing at all. But
    on which images networks of the same arm disagree tells what spread independent mistakes give
    (``V``), and that is never 0 where networks ever differ. So the spread is measured in units of
    ``V``, and of three or more comparisons each borrows from the others what a unit is worth, as
    moderated t-tests do, though no more than two degrees of freedom and no less than half of ``V``.
    Fewer comparisons take the larger of spread and ``V`` for two seeds, and a tenth of ``V`` at least
    for more.

    Args:
        data: Of two seeds or more.
        contrasts: ``(comparisons, arms)``: weights of the arms in each comparison, each row of sum
            0, such as 1 for an arm and -1 for the one that it is compared with.
        lend: Whether comparisons may lend each other what they know.

    Source: moderated variances, Smyth 2004, doi:10.2202/1544-6115.1027; independent mistakes, Jordan
        2023, arXiv:2304.01910; seeds and images as two kinds of luck, Gallas 2006,
        doi:10.1016/j.acra.2005.11.030.
    """
    seeds, images = data.seeds, data.images
    apart = contrasts @ data.scores
    mean, spread = apart.mean(1), apart.var(1, ddof=1)
    squares = np.einsum("ca,ab,cb->c", contrasts, data.products, contrasts)
    of_sums = np.einsum("ca,ab,cb->c", contrasts, data.image_products, contrasts)
    disagreeing = np.maximum((squares - of_sums / seeds) / (seeds - 1), 1.0)  # one image at least
    noise = disagreeing / images**2
    center = contrasts @ data.image_sums / seeds / images
    between = (of_sums / seeds**2 - images * center**2) / (images - 1)
    luck = np.maximum(between / images - noise / seeds, 0.0)
    lent = lend and len(contrasts) >= LENDERS
    variance, freedom = (_moderated if lent else _alone)(spread, noise, seeds)
    these = Estimate(mean, variance / seeds, freedom)
    beyond = _with_images(these, luck, images) if seeds >= 3 or lent else None
    return Estimates(seeds, np.sqrt(spread), noise, luck, these, beyond)


def _alone(spread: Array, noise: Array, seeds: int) -> tuple[Array, Array]:
    """Variance of a seed's difference and degrees of freedom, without others to borrow from."""
    least = noise if seeds == 2 else LEAST_RATIO * noise
    return np.maximum(spread, least), np.full(len(spread), float(seeds - 1))


def _moderated(spread: Array, noise: Array, seeds: int) -> tuple[Array, Array]:
    ratios = np.maximum(spread / noise, 1e-3)
    usual, lent = _prior(ratios, seeds - 1)
    usual, lent = max(usual, LEAST_LENT), min(lent, MOST_LENT)
    freedom = lent + seeds - 1
    variance = noise * (lent * usual + (seeds - 1) * ratios) / freedom
    return variance, np.full(len(spread), freedom)


def _prior(ratios: Array, freedom: int) -> tuple[float, float]:
    """The usual ratio and the degrees of freedom it is known with: Smyth's scaled inverse chi-square."""
    from scipy.special import digamma, polygamma

    logs = np.log(ratios) - digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2))
    if excess <= 0:
        return float(np.exp(logs.mean())), np.inf
    lent = 2 * _trigamma_inverse(excess)
    return float(np.exp(logs.mean() + digamma(lent / 2) - np.log(lent / 2))), lent


def _trigamma_inverse(value: float) -> float:
    """Where the trigamma function has this value, by Newton's steps."""
    from scipy.special import polygamma

    found: float = 0.5 + 1 / value
    for _ in range(50):
        there = float(polygamma(1, found))
        move = there * (1 - there / value) / float(polygamma(2, found))
        found += move
        if abs(move) < 1e-8 * found:
            break
    return found


def _with_images(these: Estimate, luck: Array, images: int) -> Estimate:
    """With the luck of the images on top (Satterthwaite)."""
    whole = these.variance + luck
    freedom = whole**2 / (these.variance**2 / these.freedom + luck**2 / (images - 1))
    return Estimate(these.mean, whole, np.maximum(freedom, these.freedom))
