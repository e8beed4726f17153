"""Arms that may still be the best of all."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.crossed import Crossed
from thumblab.verdict.estimates import Estimate, estimates

Array = NDArray[Any]


def could_be_best(data: Crossed, level: float) -> tuple[bool, ...]:
    """Whether each arm may be the best, for all that its seeds and images tell.

    An arm drops out where another is surely better. The best arm is kept with chance ``1 - level``,
    on images like these where that can be told, else on these.

    Args:
        data: Of the arms.
        level: Chance of losing the best arm; with a single seed none drops out.

    Source: Hsu 1984, doi:10.1214/aos/1176346732, with Bonferroni's bound in place of Dunnett's: the
        variances of the pairs differ.
    """
    return tuple((_beaten(data, len(data.scores)) >= level).tolist())


def _beaten(data: Crossed, arms: int) -> Array:
    """For each arm the p-value of its being as good as all others: adjusted for so many."""
    worst = np.ones(arms)
    if data.seeds < 2 or arms < 2:
        return worst
    pairs = list(combinations(range(arms), 2))
    found = estimates(data, contrasts_of(pairs, arms))
    known: Estimate = found.beyond or found.these
    first_better = known.p_value_below()
    for (first, second), p_value in zip(pairs, first_better.tolist(), strict=True):
        worst[second] = min(worst[second], p_value)
        worst[first] = min(worst[first], 1 - p_value)
    return np.minimum(worst * (arms - 1), 1)


def contrasts_of(pairs: list[tuple[int, int]], arms: int) -> Array:
    """``(pairs, arms)``: 1 for the first arm of each pair and -1 for the second."""
    rows = np.zeros((len(pairs), arms))
    for row, (first, second) in enumerate(pairs):
        rows[row, first] += 1
        rows[row, second] -= 1
    return rows
