from __future__ import annotations

import numpy as np

from tests.verdict.studies import study
from thumblab.verdict.best import contrasts_of, could_be_best
from thumblab.verdict.crossed import crossed


def test_the_best_arm_is_hardly_ever_lost() -> None:
    """Of equal arms the first is as good as any; it has to stay in 19 of 20 studies."""
    draw = np.random.default_rng(0)
    kept = [could_be_best(crossed(study(draw, 3, [0.9] * 4)), 0.05)[0] for _ in range(300)]
    assert np.mean(kept) >= 0.93


def test_arms_that_are_surely_worse_drop_out() -> None:
    draw = np.random.default_rng(1)
    hits = draw.random((4, 5, 500)) < np.array([0.9, 0.9, 0.6, 0.89])[:, None, None]
    found = could_be_best(crossed(dict(zip("abcd", hits, strict=True))), 0.05)
    assert found[:3] == (True, True, False)


def test_one_seed_excludes_none() -> None:
    hits = {"a": np.ones((1, 50), bool), "b": np.zeros((1, 50), bool)}
    assert could_be_best(crossed(hits), 0.05) == (True, True)


def test_contrasts_of_pairs() -> None:
    assert contrasts_of([(1, 0), (2, 2)], 3).tolist() == [[-1, 1, 0], [0, 0, 0]]
