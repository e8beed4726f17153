"""Scores of arms over their seeds, and a verdict on runs whose comparison was not declared before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import macro_f1_contributions, rare_classes, recall_contributions
from thumblab.evaluation.comparison import Scores
from thumblab.verdict import Verdict, judge, judge_scores

Array = NDArray[Any]
Score = Literal["accuracy", "macro_f1", "rare_recall"]
NAMES: tuple[Score, ...] = ("accuracy", "macro_f1", "rare_recall")
Arms = Mapping[str, Sequence[Scores]]


@dataclass(frozen=True)
class OverSeeds:
    """One score of one arm over its seeds: a description, without a test.

    Attributes:
        arm: Its name.
        score: Name of the score, as ``Scores`` has it.
        runs: How many.
        mean: Over the runs.
        spread: Standard deviation over the runs (``n - 1`` below); None for one run.
        difference: Mean difference from the reference over the seeds that both have; None for the
            reference itself, or where they share none.
    """

    arm: str
    score: Score
    runs: int
    mean: float
    spread: float | None
    difference: float | None


def over_seeds(arms: Arms) -> tuple[OverSeeds, ...]:
    """Each arm's accuracy, macro-F1 and recall of rare classes; the first arm is the reference."""
    return tuple(
        _over(name, arm, values)
        for name in NAMES
        for values in [_values(name, arms)]
        for arm in values
    )


Values = Mapping[str, Mapping[int, float]]
"""A score by arm and seed."""


def _values(name: Score, arms: Arms) -> Values:
    found = {
        arm: {each.seed: getattr(each, name) for each in own if getattr(each, name) is not None}
        for arm, own in arms.items()
    }
    return {arm: values for arm, values in found.items() if values}


def _over(name: Score, arm: str, arms: Values) -> OverSeeds:
    reference = next(iter(arms))
    values, first = arms[arm], arms[reference]
    shared = [] if arm == reference else sorted(values.keys() & first.keys())
    each = list(values.values())
    return OverSeeds(
        arm=arm,
        score=name,
        runs=len(each),
        mean=float(np.mean(each)),
        spread=float(np.std(each, ddof=1)) if len(each) > 1 else None,
        difference=float(np.mean([values[s] - first[s] for s in shared])) if shared else None,
    )


# ----- Verdict -----


@dataclass(frozen=True)
class Undeclared:
    """A verdict on runs that are there, and what of them it rests on.

    Attributes:
        verdict: It knows that it was not declared.
        score: That was tested.
        seeds: That all arms in it have.
        without: Arms that are not in it: they share fewer seeds with the reference than the others.
    """

    verdict: Verdict
    score: Score
    seeds: tuple[int, ...]
    without: tuple[str, ...]


def undeclared(
    arms: Arms, labels: Array, counts: Array, *, tested: Score = "accuracy"
) -> Undeclared | None:
    """What the seeds that the arms have in common allow to say; None where they share none.

    One question, one score: three tests find more than was promised. The others are described only.
    Arms that share two seeds with the reference or more are compared over the seeds that all of them
    have; unless any do, those that share one.

    Args:
        arms: Scores of an arm's runs by its name; the first arm is the reference.
        labels: Class indices of the images ``(n,)``.
        counts: Training samples of each class ``(classes,)``.
        tested: The score that is tested.
    """
    values = _values(tested, arms)
    first = next(iter(values), None)
    if first is None:
        return None
    shared = {arm: len(own.keys() & values[first].keys()) for arm, own in values.items()}
    most = 2 if any(n > 1 for arm, n in shared.items() if arm != first) else 1
    compared = [arm for arm, n in shared.items() if n >= most or arm == first]
    seeds = sorted(set.intersection(*(set(values[arm]) for arm in compared)))
    if len(compared) < 2 or not seeds:
        return None
    rows = {
        arm: [next(each for each in arms[arm] if each.seed == seed) for seed in seeds]
        for arm in compared
    }
    verdict = replace(_verdict(rows, labels, counts, tested), declared=False)
    return Undeclared(
        verdict, tested, tuple(seeds), tuple(arm for arm in arms if arm not in compared)
    )


def _verdict(rows: Arms, labels: Array, counts: Array, tested: Score) -> Verdict:
    if tested == "accuracy":
        return judge(
            {arm: np.array([each.guesses == labels for each in own]) for arm, own in rows.items()}
        )

    def adds(guesses: Array) -> Array:
        if tested == "macro_f1":
            return macro_f1_contributions(guesses, labels)
        return recall_contributions(guesses, labels, rare_classes(counts))

    return judge_scores(
        {arm: np.array([getattr(each, tested) for each in own]) for arm, own in rows.items()},
        {arm: np.array([adds(each.guesses) for each in own]) for arm, own in rows.items()},
    )
