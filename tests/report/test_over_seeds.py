from __future__ import annotations

import numpy as np
import pytest

from thumblab.analysis import holm, paired_difference
from thumblab.report.comparison import Scores
from thumblab.report.over_seeds import OverSeeds, over_seeds


def score(experiment: str, seed: int, accuracy: float, rare: float | None = 0.5) -> Scores:
    zeros = dict.fromkeys(Scores.__annotations__, 0.0)
    given = {
        "run": f"{experiment}{seed}",
        "experiment": experiment,
        "seed": seed,
        "accuracy": accuracy,
        "rare_recall": rare,
    }
    return Scores(**zeros | given)  # type: ignore[arg-type]


SCORES = [
    *(score("a", seed, 0.9 + 0.001 * seed**2) for seed in range(4)),
    *(score("b", seed, 0.88 + 0.002 * seed) for seed in (1, 2, 3, 7)),
    score("c", 0, 0.5),
    *(score("d", seed, 0.91 + 0.003 * seed, None) for seed in range(3)),
]


def named(name: str) -> dict[str, OverSeeds]:
    return {each.experiment: each for each in over_seeds(SCORES) if each.score == name}


def test_means_and_spreads_are_over_the_seeds() -> None:
    found = named("accuracy")
    assert list(found) == ["a", "b", "c", "d"]
    values = np.array([each.accuracy for each in SCORES[:4]])
    assert (found["a"].runs, found["a"].mean) == (4, pytest.approx(values.mean()))
    assert found["a"].spread == pytest.approx(values.std(ddof=1))
    assert (found["c"].runs, found["c"].spread) == (1, None)


def test_differences_are_paired_over_shared_seeds() -> None:
    found = named("accuracy")
    expected = paired_difference(np.array([0.882, 0.884, 0.886]), np.array([0.901, 0.904, 0.909]))
    assert found["b"].against_first == expected
    assert found["a"].against_first is None
    assert found["c"].against_first is None  # one seed proves nothing
    tests = [found[name].against_first for name in ("b", "d")]
    p_values = np.array([test.p_value for test in tests if test is not None])
    adjusted = [found[name].adjusted for name in ("b", "d")]
    assert adjusted == pytest.approx(holm(p_values).tolist())


def test_a_score_that_a_run_lacks_leaves_it_out() -> None:
    assert list(named("rare_recall")) == ["a", "b", "c"]
    assert named("rare_recall")["b"].against_first is not None
    assert named("rare_recall")["b"].against_first.p_value == 1  # type: ignore[union-attr]
