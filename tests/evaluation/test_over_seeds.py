from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thumblab.analysis import SeedPair, averages, rare_and_common, seed_differences
from thumblab.evaluation.comparison import Scores
from thumblab.evaluation.over_seeds import OverSeeds, Score, over_seeds

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


def named(name: Score, tested: Score = "accuracy") -> dict[str, OverSeeds]:
    found = over_seeds(ARMS, LABELS, COUNTS, tested=tested)
    return {each.arm: each for each in found if each.score == name}


def test_means_and_spreads_are_over_the_seeds() -> None:
    found = named("accuracy")
    assert list(found) == list(ARMS)
    values = np.array([each.accuracy for each in ARMS["plain"]])
    assert (found["plain"].runs, found["plain"].mean) == (4, pytest.approx(values.mean()))
    assert found["plain"].spread == pytest.approx(values.std(ddof=1))
    assert (found["once"].runs, found["once"].spread) == (1, None)


def test_differences_are_paired_over_shared_seeds() -> None:
    found = named("accuracy")
    pairs = []
    for arm, seeds in (("bad", (1, 2, 3)), ("same", (0, 1, 2))):
        own = {each.seed: each.guesses == LABELS for each in ARMS[arm]}
        apart = [own[s].astype(float) - (ARMS["plain"][s].guesses == LABELS) for s in seeds]
        pairs.append(SeedPair(np.mean(apart, 1), np.array(apart) / IMAGES))
    for arm, wanted in zip(("bad", "same"), seed_differences(pairs), strict=True):
        test = found[arm].test
        assert test is not None
        assert test.these_images == pytest.approx(wanted.these_images)
        assert test.adjusted_like_these == pytest.approx(wanted.adjusted_like_these)
        assert found[arm].difference == pytest.approx(test.mean)
    assert [found[arm].word for arm in ARMS] == ["-", "worse", "-", "not resolved"]
    assert found["plain"].difference is found["plain"].test is found["once"].test is None
    assert found["once"].difference is not None  # told, but one seed proves nothing


@pytest.mark.parametrize("tested", ["accuracy", "macro_f1", "rare_recall"])
def test_one_score_is_tested_and_the_others_are_told(tested: Score) -> None:
    for name in ("accuracy", "macro_f1", "rare_recall"):
        found = named(name, tested)["bad"]
        assert (found.test is not None) == (name == tested)
        assert found.difference is not None
    word = named(tested, tested)["bad"].word
    assert word.startswith("worse" if tested != "rare_recall" else ("worse", "not resolved"))
