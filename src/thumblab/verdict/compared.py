"""Comparisons, made of what is known of their differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.adjusted import adjusted
from thumblab.verdict.comparison import Comparison
from thumblab.verdict.crossed import Crossed
from thumblab.verdict.estimates import Estimate, Estimates
from thumblab.verdict.looks import estimates_at
from thumblab.verdict.power import seeds_needed
from thumblab.verdict.tested import Interval, Intervals

Array = NDArray[Any]


@dataclass(frozen=True)
class Question:
    """What was declared.

    Attributes:
        level: Chance of a wrong word, at this look.
        matters: The difference that is worth having, or None.
        any_time: Whether seeds may be added at any time.
        silent: Comparisons that were declared and of which nothing is known, such as diverged arms.
    """

    level: float
    matters: float | None = None
    any_time: bool = False
    silent: int = 0


def compared(
    data: Crossed, pairs: Sequence[tuple[str, str]], contrasts: Array, asked: Question
) -> tuple[Comparison, ...]:
    """One comparison for each row of ``contrasts``, named by ``pairs``; of one seed without a test."""
    if not pairs:
        return ()
    count = len(pairs) + asked.silent
    if data.seeds < 2:
        apart = (contrasts @ data.scores)[:, 0].tolist()
        return tuple(
            replace(blank(data, asked, count, *pair), difference=difference)
            for pair, difference in zip(pairs, apart, strict=True)
        )
    found = estimates_at(data, contrasts, any_time=asked.any_time)
    these, beyond = _both(found, asked, count)
    same = _equivalence(found.beyond, asked)
    return tuple(
        replace(
            blank(data, asked, count, *pair),
            difference=float(found.these.mean[row]),
            sd=float(found.spread[row]),
            these_images=these.interval(row),
            images_like_these=beyond.interval(row) if beyond else None,
            simultaneous=Intervals(these.wide(row), beyond.wide(row) if beyond else None),
            p_value=float(these.p_values[row]),
            p_value_like_these=float(beyond.p_values[row]) if beyond else None,
            adjusted=float(these.adjusted[row]),
            adjusted_like_these=float(beyond.adjusted[row]) if beyond else None,
            equivalence=(float(same[0][row]), float(same[1][row])) if same else None,
            equivalence_adjusted=float(same[2][row]) if same else None,
            seeds_needed=_needed(found, row, asked, count),
        )
        for row, pair in enumerate(pairs)
    )


def blank(data: Crossed, asked: Question, count: int, arm: str, against: str) -> Comparison:
    """A comparison of which nothing is known."""
    return Comparison(
        arm=arm,
        against=against,
        seeds=data.seeds,
        images=data.images,
        comparisons=count,
        level=asked.level,
        matters=asked.matters,
        any_time=asked.any_time,
    )


@dataclass(frozen=True, eq=False)
class _Tested:
    """Intervals and p-values of all comparisons, on one kind of images."""

    ends: tuple[Array, Array]
    wide_ends: tuple[Array, Array]
    p_values: Array
    adjusted: Array

    def interval(self, row: int) -> Interval:
        return float(self.ends[0][row]), float(self.ends[1][row])

    def wide(self, row: int) -> Interval:
        return float(self.wide_ends[0][row]), float(self.wide_ends[1][row])


def _both(found: Estimates, asked: Question, count: int) -> tuple[_Tested, _Tested | None]:
    """On these images, and on images like these where that can be told."""
    p_values = found.these.p_value()
    if found.beyond is None:
        own, _ = adjusted(p_values, None, asked.silent)
        return _tested(found.these, p_values, own, asked, count), None
    wide = found.beyond.p_value()
    own, whole = adjusted(p_values, wide, asked.silent)
    these = _tested(found.these, p_values, own, asked, count)
    return these, _tested(found.beyond, wide, np.asarray(whole), asked, count)


def _tested(
    found: Estimate, p_values: Array, corrected: Array, asked: Question, count: int
) -> _Tested:
    ends, wide_ends = found.interval(asked.level), found.interval(asked.level / count)
    return _Tested(ends, wide_ends, p_values, corrected)


def _equivalence(found: Estimate | None, asked: Question) -> tuple[Array, Array, Array] | None:
    """Two one-sided tests: both ends of their interval, and the adjusted p-values."""
    if asked.matters is None or found is None:
        return None
    low, high = found.interval(2 * asked.level)
    above = found.p_value_below(-asked.matters)
    below = found.p_value_above(asked.matters)
    return low, high, adjusted(np.maximum(above, below), None, asked.silent)[0]


def _needed(found: Estimates, row: int, asked: Question, count: int) -> int | None:
    if asked.matters is None or asked.any_time:
        return None
    return seeds_needed(
        asked.matters,
        float(found.seed_variance[row]) ** 0.5,
        comparisons=count,
        level=asked.level,
        lent=float(found.lent[row]),
        luck=float(found.luck[row]),
    )
