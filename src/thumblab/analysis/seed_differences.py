"""Ways of training against one of them, seed by seed, on the same images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.holm import holm

Array = NDArray[Any]

FAMILY = 3
"""So many comparisons lend each other what they know of the spread between seeds."""
MOST_LENT = 2.0
"""Degrees of freedom that may be lent: with more, arms of unlike spread are believed too much."""
LEAST_LENT = 0.5
"""Of the spread that independent mistakes would give: three arms whose seeds happen to tie lend no less."""
LEAST_RATIO = 0.1
"""Of the spread between seeds to what independent mistakes alone would give, where no arm lends."""


@dataclass(frozen=True, eq=False)
class SeedPair:
    """One score of two arms, for the seeds that both have.

    Attributes:
        differences: First minus second, of each seed ``(seeds,)``.
        by_image: What each image adds to it, ``(seeds, images)``: for an accuracy the difference of
            the two hits, divided by the images; for other scores see ``contributions``.
    """

    differences: Array
    by_image: Array

    def __post_init__(self) -> None:
        seeds, shape = self.differences.shape, self.by_image.shape
        if len(seeds) != 1 or seeds[0] < 2 or len(shape) != 2 or shape[:1] != seeds or shape[1] < 2:
            raise ValueError(
                f"differences have shape {seeds} and those by image {shape}; give (seeds,) and "
                "(seeds, images), of at least two seeds and two images"
            )


@dataclass(frozen=True)
class SeedDifference:
    """What the seeds say of the difference of two arms.

    Attributes:
        mean: Over the seeds.
        spread: Standard deviation over the seeds (``n - 1`` below).
        seeds: How many.
        these_images: Confidence interval of the mean over all seeds, on these very images.
        images_like_these: The same on images drawn as these were; None where two seeds alone cannot
            tell it. It holds the luck of the images too, of which there are many, so that with few
            seeds it can come out the narrower one.
        p_value: Probability of a mean so far from 0 if there were no difference on these images.
        p_value_like_these: The same for images like these, or None.
        adjusted: ``p_value`` by Holm, over all comparisons.
        adjusted_like_these: ``p_value_like_these`` by Holm, or None.
        level: Below which an adjusted p-value is called a difference.
    """

    mean: float
    spread: float
    seeds: int
    these_images: tuple[float, float]
    images_like_these: tuple[float, float] | None
    p_value: float
    p_value_like_these: float | None
    adjusted: float
    adjusted_like_these: float | None
    level: float

    @property
    def word(self) -> str:
        """``better``, ``worse``, the same with ``on these images``, or ``not resolved``.

        Without more words it holds for images like these, and so for these too.
        """
        if self.adjusted >= self.level:
            return "not resolved"
        word = "better" if self.mean > 0 else "worse"
        beyond = self.adjusted_like_these
        return word if beyond is not None and beyond < self.level else f"{word} on these images"


@dataclass(frozen=True)
class _Estimate:
    """The variance of a mean difference, and the degrees of freedom behind it."""

    variance: float
    freedom: float

    def interval(self, mean: float, confidence: float) -> tuple[float, float]:
        from scipy.stats import t as student

        half = float(student.ppf((1 + confidence) / 2, self.freedom)) * self.variance**0.5
        return mean - half, mean + half

    def p_value(self, mean: float) -> float:
        from scipy.stats import t as student

        return float(2 * student.sf(abs(mean) / self.variance**0.5, self.freedom))


def seed_differences(
    pairs: Sequence[SeedPair], *, confidence: float = 0.95
) -> tuple[SeedDifference, ...]:
    """The differences of several arms from one, with intervals that few seeds do not make too narrow.

    Two or three seeds tell little of the spread between seeds, and where they tie nothing at all.
    But on which images networks of the same arm disagree tells what spread independent mistakes give
    (``V``), and that is never 0 where networks ever differ. So the spread is measured in units of
    ``V``, and of three or more comparisons each borrows from the others what a unit is worth, as
    moderated t-tests do, though no more than two degrees of freedom and no less than half of ``V``.
    Fewer comparisons take the larger of spread and ``V`` for two seeds, and a tenth of ``V`` at least
    for more.

    Args:
        pairs: One for each arm that is compared, all against the same arm; p-values are adjusted
            over all of them. Others' words are no part of the family.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``; what it leaves is the
            chance of a wrong word in all comparisons together.

    Source: moderated variances, Smyth 2004, doi:10.2202/1544-6115.1027; independent mistakes, Jordan
        2023, arXiv:2304.01910; seeds and images as two kinds of luck, Gallas 2006,
        doi:10.1016/j.acra.2005.11.030.
    """
    these = _moderated(pairs) if len(pairs) >= FAMILY else [_alone(pair) for pair in pairs]
    beyond = [_images_too(p, e, len(pairs)) for p, e in zip(pairs, these, strict=True)]
    means = [float(pair.differences.mean()) for pair in pairs]
    p_values = [e.p_value(mean) for e, mean in zip(these, means, strict=True)]
    wide = [None if e is None else e.p_value(mean) for e, mean in zip(beyond, means, strict=True)]
    known = [p_value for p_value in wide if p_value is not None]
    adjusted = iter(holm(np.array(known)).tolist())
    return tuple(
        SeedDifference(
            mean=mean,
            spread=float(pair.differences.std(ddof=1)),
            seeds=len(pair.differences),
            these_images=own.interval(mean, confidence),
            images_like_these=None if more is None else more.interval(mean, confidence),
            p_value=p_value,
            p_value_like_these=p_more,
            adjusted=holmed,
            adjusted_like_these=None if p_more is None else next(adjusted),
            level=1 - confidence,
        )
        for pair, mean, own, more, p_value, p_more, holmed in zip(
            pairs, means, these, beyond, p_values, wide, holm(np.array(p_values)).tolist(),
            strict=True,
        )
    )  # fmt: skip


def _noise(pair: SeedPair) -> float:
    """Variance of a seed's difference if its mistakes were independent; at least one image's."""
    images = pair.by_image.shape[1]
    return float(max(pair.by_image.var(0, ddof=1).sum(), 1 / images**2))


def _alone(pair: SeedPair) -> _Estimate:
    """Without others to borrow from."""
    seeds, noise = len(pair.differences), _noise(pair)
    spread = float(pair.differences.var(ddof=1))
    least = noise if seeds == 2 else LEAST_RATIO * noise
    return _Estimate(max(spread, least) / seeds, seeds - 1)


def _moderated(pairs: Sequence[SeedPair]) -> list[_Estimate]:
    seeds = np.array([len(pair.differences) for pair in pairs])
    noise = np.array([_noise(pair) for pair in pairs])
    spread = np.array([pair.differences.var(ddof=1) for pair in pairs])
    ratios = np.maximum(spread / noise, 1e-3)
    usual, lent = _prior(ratios, seeds - 1)
    usual, lent = max(usual, LEAST_LENT), min(lent, MOST_LENT)
    freedom = lent + seeds - 1
    variances = noise * (lent * usual + (seeds - 1) * ratios) / freedom / seeds
    return [_Estimate(*map(float, each)) for each in zip(variances, freedom, strict=True)]


def _prior(ratios: Array, freedom: Array) -> tuple[float, float]:
    """The usual ratio and the degrees of freedom it is known with: Smyth's scaled inverse chi-square."""
    from scipy.special import digamma, polygamma

    logs = np.log(ratios) - digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2).mean())
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


def _images_too(pair: SeedPair, these: _Estimate, family: int) -> _Estimate | None:
    """With the luck of the images on top (Satterthwaite); two seeds alone cannot tell it."""
    seeds, images = pair.by_image.shape
    if seeds < 3 and family < FAMILY:
        return None
    between = images * float(pair.by_image.mean(0).var(ddof=1))
    luck = max(between - float(pair.by_image.var(0, ddof=1).sum()) / seeds, 0.0)
    whole = these.variance + luck
    freedom = whole**2 / (these.variance**2 / these.freedom + luck**2 / (images - 1))
    return _Estimate(whole, max(freedom, these.freedom))
