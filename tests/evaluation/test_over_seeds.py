from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thumblab.analysis import averages, rare_and_common
from thumblab.evaluation.comparison import Scores
from thumblab.evaluation.over_seeds import OverSeeds, Score, over_seeds, undeclared
from thumblab.verdict import judge

Array = NDArray[Any]
CLASSES, IMAGES = 5, 300
COUNTS = np.array([5, 100, 90, 80, 70])
DRAW = np.random.default_rng(0)
LABELS = DRAW.integers(0, CLASSES, IMAGES)


def score(seed: int, known: float) -> Scores:
    """A network that knows a share of the images."""
    right = DRAW.random(IMAGES) < known
    guesses = np.where(right, LABELS, (LABELS + 1) % CLASSES)
    rarity = rare_and_common(guesses, LABELS, COUNTS)
    zeros: dict[str, Any] = dict.fromkeys(Scores.__annotations__, 0.0)
    told = {
        "seed": seed,
        "guesses": guesses,
        "accuracy": rarity.accuracy,
        "macro_f1": averages(guesses, LABELS, "macro").f1,
        "rare_recall": rarity.rare_recall,
    }
    return Scores(**zeros | told)


ARMS = {
    "plain": [score(seed, 0.8) for seed in range(4)],
    "bad": [score(seed, 0.5) for seed in (1, 2, 3, 7)],
    "once": [score(0, 0.5)],
    "same": [score(seed, 0.8) for seed in range(3)],
}


def named(name: Score) -> dict[str, OverSeeds]:
    return {each.arm: each for each in over_seeds(ARMS) if each.score == name}


def hits(arm: str, seeds: Sequence[int]) -> Array:
    own = {each.seed: each.guesses == LABELS for each in ARMS[arm]}
    return np.array([own[seed] for seed in seeds])


def test_means_and_spreads_are_over_the_seeds() -> None:
    found = named("accuracy")
    assert list(found) == list(ARMS)
    values = np.array([each.accuracy for each in ARMS["plain"]])
    assert (found["plain"].runs, found["plain"].mean) == (4, pytest.approx(values.mean()))
    assert found["plain"].spread == pytest.approx(values.std(ddof=1))
    assert (found["once"].runs, found["once"].spread) == (1, None)


def test_differences_are_over_the_seeds_that_both_have() -> None:
    found = named("accuracy")
    apart = hits("bad", (1, 2, 3)).mean() - hits("plain", (1, 2, 3)).mean()
    assert found["bad"].difference == pytest.approx(apart)
    assert found["once"].difference is not None
    assert found["plain"].difference is None


def test_the_verdict_is_that_of_a_study_over_the_seeds_that_all_have() -> None:
    found = undeclared(ARMS, LABELS, COUNTS)
    assert found is not None
    assert (found.seeds, found.without) == ((1, 2), ("once",))
    wanted = judge({arm: hits(arm, (1, 2)) for arm in ("plain", "bad", "same")})
    assert found.verdict == replace(wanted, declared=False)
    assert found.verdict.sentence.endswith("(not declared beforehand).")


def test_a_single_seed_resolves_nothing() -> None:
    found = undeclared({arm: ARMS[arm] for arm in ("plain", "once")}, LABELS, COUNTS)
    assert found is not None
    assert found.seeds == (0,)
    assert found.verdict.arms["once"].word == "not resolved"


def test_without_a_seed_in_common_there_is_no_verdict() -> None:
    assert undeclared({arm: ARMS[arm] for arm in ("bad", "once")}, LABELS, COUNTS) is None
    assert undeclared({"plain": ARMS["plain"]}, LABELS, COUNTS) is None
    assert undeclared({}, LABELS, COUNTS) is None


@pytest.mark.parametrize("tested", ["macro_f1", "rare_recall"])
def test_other_scores_can_be_the_question(tested: Score) -> None:
    arms = {arm: ARMS[arm] for arm in ("plain", "bad")}
    found = undeclared(arms, LABELS, COUNTS, tested=tested)
    assert found is not None
    bad = found.verdict.arms["bad"]
    assert bad.difference == pytest.approx(named(tested)["bad"].difference)
    assert (bad.word or "").startswith("worse")
