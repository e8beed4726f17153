"""Scores of runs that differ in their seed alone, taken together, and compared seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thumblab.analysis import PairedDifference, holm, paired_difference
from thumblab.report.comparison import Scores

NAMES = ("accuracy", "macro_f1", "rare_recall")


@dataclass(frozen=True)
class OverSeeds:
    """One score of one experiment over its seeds.

    Attributes:
        experiment: What the runs share.
        score: Name of the score, as ``Scores`` has it.
        runs: How many.
        mean: Over the runs.
        spread: Standard deviation over the runs (``n - 1`` below); None for one run.
        against_first: The difference from the first experiment over the seeds that both have; None
            for the first itself, or where they share fewer than two seeds: one seed proves nothing.
        adjusted: Its p-value by Holm, over the experiments that can be compared in this score.
    """

    experiment: str
    score: str
    runs: int
    mean: float
    spread: float | None
    against_first: PairedDifference | None
    adjusted: float | None


def over_seeds(scores: Sequence[Scores]) -> tuple[OverSeeds, ...]:
    """Each experiment's accuracy, macro-F1 and recall of rare classes, in the order given."""
    found = []
    for name in NAMES:
        values = {
            experiment: {
                each.seed: float(getattr(each, name))
                for each in scores
                if each.experiment == experiment and getattr(each, name) is not None
            }
            for experiment in dict.fromkeys(each.experiment for each in scores)
        }
        found += _compared(name, {key: seeds for key, seeds in values.items() if seeds})
    return tuple(found)


def _compared(name: str, values: dict[str, dict[int, float]]) -> list[OverSeeds]:
    first = next(iter(values.values()), {})
    tests: dict[str, PairedDifference] = {}
    for experiment, seeds in list(values.items())[1:]:
        both = sorted(first.keys() & seeds.keys())
        if len(both) > 1:
            tests[experiment] = paired_difference(
                np.array([seeds[seed] for seed in both]), np.array([first[seed] for seed in both])
            )
    adjusted = holm(np.array([test.p_value for test in tests.values()])).tolist()
    corrected = dict(zip(tests, adjusted, strict=True))
    return [
        OverSeeds(
            experiment=experiment,
            score=name,
            runs=len(seeds),
            mean=float(np.mean(list(seeds.values()))),
            spread=float(np.std(list(seeds.values()), ddof=1)) if len(seeds) > 1 else None,
            against_first=tests.get(experiment),
            adjusted=corrected.get(experiment),
        )
        for experiment, seeds in values.items()
    ]
