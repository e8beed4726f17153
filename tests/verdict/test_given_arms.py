from __future__ import annotations

import numpy as np

from tests.verdict.studies import study
from thumblab.verdict.crossed import crossed
from thumblab.verdict.given_arms import given_arms

HITS = study(np.random.default_rng(0), 3, [0.9, 0.8])
ROWS = HITS | {
    "twin": HITS["arm 0"].copy(), "same": HITS["plain"].copy(), "lost": np.zeros((0, 188), bool)
}  # fmt: skip


def test_arms_are_told_apart() -> None:
    found = given_arms(ROWS, crossed, "arm 1")
    assert found.own == ("plain", "arm 0", "arm 1")
    assert found.others == ("plain", "arm 0")
    assert found.twins["twin"] == "arm 0"
    assert found.twins["same"] == "plain"
    assert found.silent == ("lost",)
    assert found.arm("twin").scores == tuple(HITS["arm 0"].mean(1))
    assert found.arm("lost").scores == ()
    assert found.place("arm 0") == 1


def test_the_baseline_keeps_its_name_where_others_equal_it() -> None:
    found = given_arms(ROWS, crossed, "same")
    assert found.own == ("arm 0", "arm 1", "same")
    assert found.twins["plain"] == "same"


def test_arms_of_a_design_stay_apart() -> None:
    found = given_arms(ROWS, crossed, "plain", collapse=False)
    assert found.own == ("plain", "arm 0", "arm 1", "twin", "same")
