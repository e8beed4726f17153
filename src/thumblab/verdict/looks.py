"""Adding seeds until something is resolved: looks that were declared, and looks at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.crossed import Crossed
from thumblab.verdict.estimates import Estimate, Estimates, estimates, quantile

Array = NDArray[Any]

CELLS = 240
"""Of the interval in which the chain lives; four times as many change a level by a 300th of itself."""
PRIOR_VARIANCE = 1.0
"""Of the effect in units of the seeds' standard deviation, in the e-process."""


# ----- Declared looks -----


def look_levels(looks: Sequence[int], *, level: float = 0.05) -> tuple[float, ...]:
    """The level of each look, the same for all, with which all of them together keep ``level``.

    They are exact for Student's t of normal differences. Where there is no difference, the t of the
    seeds so far is a Markov chain: its cosine to the equal weights takes one more seed with a rotation
    that does not depend on what came before. The chance of staying below the bar at every look is
    followed along the chain.

    Args:
        looks: Numbers of seeds at which one looks, 2 or more, rising.
        level: Chance of a false alarm at any of them, in ``(0, 1)``.

    Raises:
        ValueError: If looks do not rise or begin below 2, or ``level`` is out of range.

    Example:
        >>> [round(each, 3) for each in look_levels((3, 5, 8))]
        [0.02, 0.02, 0.02]

    Source: constant levels, Pocock 1977, doi:10.1093/biomet/64.2.191, here for t instead of z.
    """
    wanted = tuple(int(each) for each in looks)
    if not wanted or wanted[0] < 2 or any(a >= b for a, b in pairwise(wanted)):
        raise ValueError(
            f"looks are {wanted}; give numbers of seeds from 2 on, each more than the last"
        )
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; give the chance of a false alarm, such as 0.05")
    return (_constant_level(wanted, level),) * len(wanted)


@lru_cache(maxsize=64)
def _constant_level(looks: tuple[int, ...], level: float) -> float:
    if len(looks) == 1:
        return level
    steps = {seeds: _step(seeds) for seeds in range(looks[0], looks[-1])}
    low, high = level / len(looks), level
    for _ in range(30):
        middle = (low + high) / 2
        missed = _kept(looks, middle, steps) > 1 - level
        low, high = (middle, high) if missed else (low, middle)
    return low


def _edges() -> Array:
    """Ends of the cells, as cosines: finer towards -1 and 1, where the bars are."""
    return -np.cos(np.linspace(0, np.pi, CELLS + 1))


def _step(seeds: int) -> Array:
    """``(cells, cells)``: chances of moving from the middle of a cell to another with one more seed.

    With ``u`` the new seed over the length of those before, ``u * sqrt(seeds)`` is Student's with
    ``seeds`` degrees of freedom, and the new cosine is ``(sqrt(seeds) c + u) / sqrt((seeds + 1) (1 +
    u^2))``.
    """
    from scipy.special import stdtr

    angles = np.linspace(0, np.pi, CELLS + 1)
    middle = -np.cos((angles[1:] + angles[:-1]) / 2)[:, None]
    most = np.sqrt((seeds * middle**2 + 1) / (seeds + 1))
    turn = np.arctan2(1.0, np.sqrt(seeds) * middle)
    away = np.arccos(np.clip(_edges()[None] / most, -1, 1))
    half = np.pi / 2 - 1e-12

    def below(angle: Array) -> Array:
        return np.asarray(stdtr(seeds, np.sqrt(seeds) * np.tan(np.clip(angle, -half, half))))

    wrapped = below(turn + away - 2 * np.pi)  # where the window of angles goes around
    above = below(turn + away) - below(turn - away) + wrapped
    return np.asarray(above[:, :-1] - above[:, 1:])


def _kept(looks: tuple[int, ...], level: float, steps: dict[int, Array]) -> float:
    """The chance of never passing the bar."""
    from scipy.special import stdtr

    first = looks[0]
    cosines = np.clip(_edges(), -1 + 1e-15, 1 - 1e-15)
    shares = np.diff(stdtr(first - 1, cosines * np.sqrt((first - 1) / (1 - cosines**2))))
    for seeds in range(first, looks[-1] + 1):
        if seeds in looks:
            shares = shares * _inside(seeds, level)
        if seeds < looks[-1]:
            shares = shares @ steps[seeds]
    return float(shares.sum())


def _inside(seeds: int, level: float) -> Array:
    """The share of each cell that is below the bar, by angle."""
    bar = float(quantile(level, seeds - 1))
    cosine = bar / (seeds - 1 + bar**2) ** 0.5
    ends = np.linspace(0, np.pi, CELLS + 1)
    low, high = np.arccos(cosine), np.pi - np.arccos(cosine)
    inside = np.minimum(ends[1:], high) - np.maximum(ends[:-1], low)
    return np.asarray(np.clip(inside / (np.pi / CELLS), 0, 1))


# ----- Looks at any time -----


def e_value(t: float | Array, seeds: int) -> Array:
    """Evidence against no difference: 20 or more comes up with chance 0.05 at most, however often one looks.

    Args:
        t: Student's t of the differences.
        seeds: Behind it, 2 or more.

    Source: the t-test's mixture over a normal prior of the effect, Lai 1976, doi:10.1214/aos/1176343406;
        Wang and Ramdas 2025, arXiv:2310.03722.
    """
    spread, freedom = 1 + seeds * PRIOR_VARIANCE, seeds - 1
    square = np.asarray(t, np.float64) ** 2 / freedom
    return np.asarray(spread**-0.5 * ((1 + square) / (1 + square / spread)) ** (seeds / 2))


def e_bar(level: float | Array, seeds: int) -> Array:
    """The t at which ``e_value`` is ``1 / level``; infinite where no t is enough."""
    spread, freedom = 1 + seeds * PRIOR_VARIANCE, seeds - 1
    ratio = (spread**0.5 / np.asarray(level, np.float64)) ** (2 / seeds)
    room = np.maximum(1 - ratio / spread, 0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.sqrt(freedom * (ratio - 1) / room))


@dataclass(frozen=True, eq=False)
class AnyTime(Estimate):
    """An estimate that holds at every number of seeds together; see ``Estimate``.

    Half of the level is for the seeds, by the e-process, and half for the images, whose luck stays
    the same whatever the seeds; without such luck all of it is for the seeds.

    Attributes:
        seeds: So far.
        luck: Variance that the choice of the images adds; ``variance`` is of the seeds alone.
    """

    seeds: int
    luck: Array | None

    def _half(self, level: float | Array) -> Array:
        from scipy.special import ndtri

        errors = np.sqrt(self.variance)
        if self.luck is None:
            half = e_bar(level, self.seeds) * errors
        else:
            own = np.asarray(level) / 2
            half = e_bar(own, self.seeds) * errors - ndtri(own / 2) * np.sqrt(self.luck)
        return np.asarray(half)

    def interval(self, level: float | Array) -> tuple[Array, Array]:
        """As of ``Estimate``; accuracies differ by 1 at most."""
        half = self._half(level)
        return np.maximum(self.mean - half, -1.0), np.minimum(self.mean + half, 1.0)

    def p_value(self, value: float | Array = 0.0) -> Array:
        """The smallest level whose interval leaves ``value`` out."""
        far = np.abs(self.mean - value)
        low, high = np.full(len(far), -690.0), np.zeros(len(far))  # of the level's logarithm
        for _ in range(60):
            middle = (low + high) / 2
            out = far > self._half(np.exp(middle))
            low, high = np.where(out, low, middle), np.where(out, middle, high)
        return np.asarray(np.exp(high))

    def p_value_below(self, value: float | Array = 0.0) -> Array:
        """One-sided; no smaller than two-sided."""
        return np.where(self.mean > value, self.p_value(value), 1.0)

    def p_value_above(self, value: float | Array = 0.0) -> Array:
        """One-sided; no smaller than two-sided."""
        return np.where(self.mean < value, self.p_value(value), 1.0)


def estimates_at(data: Crossed, contrasts: Array, *, any_time: bool) -> Estimates:
    """``estimates``, or those that hold at every number of seeds; there comparisons lend nothing."""
    found = estimates(data, contrasts, lend=not any_time)
    if not any_time:
        return found
    known = (found.these.mean, found.these.variance, found.these.freedom, found.seeds)
    beyond = None if found.beyond is None else AnyTime(*known, found.luck)
    return replace(found, these=AnyTime(*known, None), beyond=beyond)
