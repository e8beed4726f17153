"""Which arms give the most accuracy for what they cost, where noise decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from thumblab.analysis import pareto_front
from thumblab.evaluation.cost import Cost

COSTS = ("train_seconds", "parameters", "flops", "batch_microseconds")
"""What accuracy is weighed against; the first and the last are times, the others exact."""
TIMES = ("train_seconds", "batch_microseconds")
UNREPEATED = 0.1
"""Share by which a time that was taken once may lie beside what it would be another day."""


def fronts(
    costs: Mapping[str, Sequence[Cost]],
    accuracies: Mapping[str, float],
    luck: Mapping[str, float] | None = None,
) -> dict[str, dict[str, bool]]:
    """By cost and arm, whether no other arm is as cheap and better, or as good and cheaper.

    An arm's cost is the median over its runs. A time is only as good as its repetitions: it may lie
    beside the truth by half their range, and times that differ by less are alike.

    Args:
        costs: Of each run of each arm.
        accuracies: Mean accuracy of each arm.
        luck: How far each of them may lie beside what more seeds and images would tell (see
            ``luck_of``); what costs more has to be better by more than that. None for not at all.
    """
    lucky = None if luck is None else np.array([luck[arm] for arm in costs])
    values = np.array([accuracies[arm] for arm in costs])
    found = {}
    for name in COSTS:
        spent = [np.array([getattr(each, name) for each in own], float) for own in costs.values()]
        middle = np.array([np.median(each) for each in spent])
        noise = np.zeros(len(middle))
        if name in TIMES:
            noise = np.array([_noise(name, own) for own in costs.values()])
        front = pareto_front(middle, values, noise, lucky)
        found[name] = {arm: bool(on) for arm, on in zip(costs, front, strict=True)}
    return found


def luck_of(mean: float, spread: float | None, runs: int, images: int) -> float:
    """How far a mean accuracy may lie beside the truth, by its seeds and its images.

    The differences of two arms of equal luck lie within the sum of both 95 times of a hundred.

    Args:
        mean: Over the runs, a fraction.
        spread: Standard deviation over the runs; None for a single one.
        runs: How many.
        images: On which they were scored.

    >>> round(luck_of(0.9, 0.002, 5, 10_000), 4)
    0.0043
    """
    seeds = 0.0 if spread is None else spread**2 / runs
    return 1.96 * sqrt((seeds + mean * (1 - mean) / images) / 2)


def _noise(name: str, own: Sequence[Cost]) -> float:
    taken = [float(getattr(each, name)) for each in own]
    among = (max(taken) - min(taken)) / 2
    if name == "batch_microseconds":
        return max(among, *(each.batch_noise for each in own))
    return among if len(taken) > 1 else UNREPEATED * taken[0]
