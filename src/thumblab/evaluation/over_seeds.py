"""Scores of arms, taken together over their seeds, and compared seed by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import (
    SeedDifference,
    SeedPair,
    accuracy_contributions,
    macro_f1_contributions,
    rare_classes,
    recall_contributions,
    seed_differences,
)
from thumblab.evaluation.comparison import Scores

Array = NDArray[Any]
Score = Literal["accuracy", "macro_f1", "rare_recall"]
NAMES: tuple[Score, ...] = ("accuracy", "macro_f1", "rare_recall")


@dataclass(frozen=True)
class OverSeeds:
    """One score of one arm over its seeds.

    Attributes:
        arm: Its name.
        score: Name of the score, as ``Scores`` has it.
        runs: How many.
        mean: Over the runs.
        spread: Standard deviation over the runs (``n - 1`` below); None for one run.
        difference: Mean difference from the reference over the seeds that both have; None for the
            reference itself, or where they share none.
        test: What these seeds allow to say of it; None for all scores but the one that is tested,
            and where fewer than two seeds are shared: one seed proves nothing.
    """

    arm: str
    score: Score
    runs: int
    mean: float
    spread: float | None
    difference: float | None
    test: SeedDifference | None

    @property
    def word(self) -> str:
        """``better``, ``worse``, ``not resolved`` (see ``SeedDifference``), or ``-``: not tested."""
        return "-" if self.test is None else self.test.word


def over_seeds(
    arms: Mapping[str, Sequence[Scores]],
    labels: Array,
    counts: Array,
    *,
    tested: Score = "accuracy",
) -> tuple[OverSeeds, ...]:
    """Each arm's accuracy, macro-F1 and recall of rare classes; one of them is tested.

    One question, one score: three tests find more than was promised. The others are reported only.

    Args:
        arms: Scores of an arm's runs by its name; the first arm is the reference.
        labels: Class indices of the images ``(n,)``.
        counts: Training samples of each class ``(classes,)``.
        tested: The score that is tested.
    """
    found = []
    for name in NAMES:
        values = {
            arm: {each.seed: each for each in scores if getattr(each, name) is not None}
            for arm, scores in arms.items()
        }
        there = {arm: seeds for arm, seeds in values.items() if seeds}
        tests = _tests(name, there, labels, counts) if name == tested else {}
        found += [_over(name, arm, there, tests.get(arm)) for arm in there]
    return tuple(found)


Seeds = Mapping[str, dict[int, Scores]]


def _shared(arm: str, arms: Seeds) -> list[int]:
    """The seeds that an arm has in common with the reference; none for that one itself."""
    first = next(iter(arms))
    return [] if arm == first else sorted(arms[first].keys() & arms[arm].keys())


def _over(name: Score, arm: str, arms: Seeds, test: SeedDifference | None) -> OverSeeds:
    first = next(iter(arms.values()))
    values = {seed: float(getattr(each, name)) for seed, each in arms[arm].items()}
    apart = [values[seed] - getattr(first[seed], name) for seed in _shared(arm, arms)]
    return OverSeeds(
        arm=arm,
        score=name,
        runs=len(values),
        mean=float(np.mean(list(values.values()))),
        spread=float(np.std(list(values.values()), ddof=1)) if len(values) > 1 else None,
        difference=float(np.mean(apart)) if apart else None,
        test=test,
    )


def _tests(name: Score, arms: Seeds, labels: Array, counts: Array) -> dict[str, SeedDifference]:
    pairs = {}
    for arm, seeds in arms.items():
        shared = _shared(arm, arms)
        if len(shared) > 1:
            first = next(iter(arms.values()))
            both = [(seeds[seed], first[seed]) for seed in shared]
            apart = [getattr(own, name) - getattr(other, name) for own, other in both]
            rows = [
                _adds(name, own.guesses, labels, counts)
                - _adds(name, other.guesses, labels, counts)
                for own, other in both
            ]
            pairs[arm] = SeedPair(np.array(apart), np.array(rows))
    return dict(zip(pairs, seed_differences(list(pairs.values())), strict=True))


def _adds(name: Score, guesses: Array, labels: Array, counts: Array) -> Array:
    """What each image adds to a score."""
    if name == "accuracy":
        return accuracy_contributions(guesses, labels)
    if name == "macro_f1":
        return macro_f1_contributions(guesses, labels)
    return recall_contributions(guesses, labels, rare_classes(counts))
