"""Arms that may still be the best of all."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.crossed import Crossed
from thumblab.verdict.looks import estimates_at

Array = NDArray[Any]


def could_be_best(data: Crossed, level: float, *, any_time: bool = False) -> tuple[bool, ...]:
    """Whether each arm may be the best, for all that its seeds and images tell.

    An arm drops out where another is surely better. The best arm is kept with chance ``1 - level``,
    on images like these where that can be told, else on these.

    Args:
        data: Of the arms.
        level: Chance of losing the best arm; with a single seed none drops out.
        any_time: Whether it has to hold at every number of seeds.

    Source: Hsu 1984, doi:10.1214/aos/1176346732, with Bonferroni's bound in place of Dunnett's: the
        variances of the pairs differ.
    """
    arms = len(data.scores)
    if data.seeds < 2 or arms < 2:
        return (True,) * arms
    pairs = list(combinations(range(arms), 2))
    found = estimates_at(data, contrasts_of(pairs, arms), any_time=any_time)
    known = found.these if found.beyond is None else found.beyond
    worst = np.ones(arms)
    for (first, second), over, under in zip(
        pairs, known.p_value_below().tolist(), known.p_value_above().tolist(), strict=True
    ):
        worst[second] = min(worst[second], over)
        worst[first] = min(worst[first], under)
    return tuple((worst * (arms - 1) >= level).tolist())


def contrasts_of(pairs: list[tuple[int, int]], arms: int) -> Array:
    """``(pairs, arms)``: 1 for the first arm of each pair and -1 for the second."""
    rows = np.zeros((len(pairs), arms))
    for row, (first, second) in enumerate(pairs):
        rows[row, first] += 1
        rows[row, second] -= 1
    return rows
