"""Which arms give the most accuracy for what they cost, where noise decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from thumblab.analysis import pareto_front
from thumblab.evaluation.cost import Cost

COSTS = ("train_seconds", "parameters", "flops", "batch_microseconds")
"""What accuracy is weighed against; the first and the last are times, the others exact."""
TIMES = ("train_seconds", "batch_microseconds")
UNREPEATED = 0.1
"""Share by which a time that was taken once may lie beside what it would be another day."""


def fronts(
    costs: Mapping[str, Sequence[Cost]], accuracies: Mapping[str, float]
) -> dict[str, dict[str, bool]]:
    """By cost and arm, whether no other arm is as cheap and better, or as good and cheaper.

    An arm's cost is the median over its runs. A time is only as good as its repetitions: it may lie
    beside the truth by half their range, and times that differ by less are alike.

    Args:
        costs: Of each run of each arm.
        accuracies: Mean accuracy of each arm.
    """
    values = np.array([accuracies[arm] for arm in costs])
    found = {}
    for name in COSTS:
        spent = [np.array([getattr(each, name) for each in own], float) for own in costs.values()]
        middle = np.array([np.median(each) for each in spent])
        noise = np.zeros(len(middle))
        if name in TIMES:
            noise = np.array([_noise(name, own) for own in costs.values()])
        front = pareto_front(middle, values, noise)
        found[name] = {arm: bool(on) for arm, on in zip(costs, front, strict=True)}
    return found


def _noise(name: str, own: Sequence[Cost]) -> float:
    taken = [float(getattr(each, name)) for each in own]
    among = (max(taken) - min(taken)) / 2
    if name == "batch_microseconds":
        return max(among, *(each.batch_noise for each in own))
    return among if len(taken) > 1 else UNREPEATED * taken[0]
