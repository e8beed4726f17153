from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.verdict.studies import Array
from thumblab.verdict import judge_factors, unsupported_numbers
from thumblab.verdict.compared import Question
from thumblab.verdict.crossed import crossed
from thumblab.verdict.factors import effects
from thumblab.verdict.given_arms import given_arms

TWO = {
    f"{norm} {drop}": {"norm": norm, "drop": drop} for norm in ("no", "yes") for drop in ("0", "3")
}
THREE = {
    a + b + c: {"a": a, "b": b, "c": c} for a in "01" for b in "012" for c in "01"
}  # fmt: skip


def hits_of(
    design: dict[str, Any], chances: dict[str, float], seeds: int = 5, draw: int = 0
) -> dict[str, Array]:
    rng = np.random.default_rng(draw)
    return {arm: rng.random((seeds, 1500)) < chances[arm] for arm in design}


def test_effects_are_differences_of_means() -> None:
    hits = hits_of(THREE, {arm: 0.5 + 0.03 * place for place, arm in enumerate(THREE)})
    found = judge_factors(hits, THREE).comparisons
    named = {(each.arm, each.against): each.difference for each in found}
    assert [each.arm for each in found] == [
        "a=1", "b=1", "b=2", "c=1", "a=1 with b=1", "a=1 with b=2", "a=1 with c=1", "b=1 with c=1",
        "b=2 with c=1",
    ]  # fmt: skip
    mean = {arm: rows.mean() for arm, rows in hits.items()}

    def over(**fixed: str) -> float:
        kept = [
            arm for arm, levels in THREE.items() if all(levels[k] == v for k, v in fixed.items())
        ]
        return float(np.mean([mean[arm] for arm in kept]))

    assert named["b=2", "b=0"] == pytest.approx(over(b="2") - over(b="0"))
    both = over(a="1", b="2") - over(a="0", b="2") - over(a="1", b="0") + over(a="0", b="0")
    assert named["a=1 with b=2", "the sum of both"] == pytest.approx(both)
    assert {each.comparisons for each in found} == {9}


def test_what_adds_up_has_no_interaction_and_what_does_not_has() -> None:
    adds = hits_of(TWO, dict(zip(TWO, (0.5, 0.6, 0.7, 0.8), strict=True)))
    found = judge_factors(adds, TWO)
    assert [each.word for each in found.comparisons] == ["better", "better", "not resolved"]
    assert found.against == "factors"
    assert found.arms["yes 3"].word is None
    assert found.could_be_best == ("yes 3",)
    cancels = hits_of(TWO, dict(zip(TWO, (0.5, 0.7, 0.7, 0.7), strict=True)))
    last = judge_factors(cancels, TWO).comparisons[-1]
    assert last.word == "worse"
    assert last.sentence.startswith("norm=yes with drop=3: worse than the sum of both, -")
    assert not unsupported_numbers(last.to_json())


def test_the_baseline_says_from_where_effects_are_measured() -> None:
    hits = hits_of(TWO, dict(zip(TWO, (0.5, 0.6, 0.7, 0.8), strict=True)))
    found = judge_factors(hits, TWO, baseline="yes 3")
    assert [(each.arm, each.against, each.word) for each in found.comparisons[:2]] == [
        ("norm=no", "norm=yes", "worse"), ("drop=0", "drop=3", "worse")
    ]  # fmt: skip


def test_without_effects_few_studies_claim_one() -> None:
    false = 0
    for draw in range(150):
        chances = np.random.default_rng(draw).beta(0.45, 0.05, 1500)
        hits = hits_of(TWO, dict.fromkeys(TWO, chances), seeds=3, draw=draw)  # type: ignore[arg-type]
        false += any(each.word != "not resolved" for each in judge_factors(hits, TWO).comparisons)
    assert false / 150 <= 0.06


def test_an_error_in_any_arm_voids_every_effect() -> None:
    hits = hits_of(TWO, dict.fromkeys(TWO, 0.5))
    found = judge_factors(hits, TWO).voided({"no 3": "leak"})
    assert {each.word for each in found.comparisons} == {"void"}


def test_arms_with_equal_rows_keep_their_place_in_the_design() -> None:
    hits = hits_of(TWO, dict.fromkeys(TWO, 0.5))
    hits["yes 3"] = hits["no 0"].copy()
    arms = given_arms(hits, crossed, "no 0", collapse=False)
    assert len(effects(arms, TWO, Question(0.05))) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda hits, design: design.pop("no 0"),
         "arms are no 0, no 3, yes 0, yes 3 and the design has no 3"),
        (lambda hits, design: design.update({"no 0": {"norm": "no"}}),
         "'no 3' has levels of norm, drop; give one of each factor, as of norm"),
        (lambda hits, design: design.update({"no 0": design["no 3"]}),
         "the design has 4 arms of 3 combinations; give each of the 4 combinations of norm, drop once"),
        (lambda hits, design: [each.pop("no 3") for each in (hits, design)],
         "the design has 3 arms of 3 combinations; give each of the 4"),
        (lambda hits, design: hits.update({"no 3": hits["no 3"][:0]}),
         "no seed of 'no 3' came to an end, and every effect is made of all arms"),
    ],
)  # fmt: skip
def test_designs_that_are_not_full_are_refused(change: Any, message: str) -> None:
    hits, design = hits_of(TWO, dict.fromkeys(TWO, 0.5)), dict(TWO)
    change(hits, design)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        judge_factors(hits, design)
