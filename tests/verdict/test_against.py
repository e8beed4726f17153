from __future__ import annotations

import re

import numpy as np
import pytest

from tests.verdict.studies import Array, study
from thumblab.verdict import judge, unsupported_numbers


def clear() -> dict[str, Array]:
    """``b`` is far better than ``a``, ``c`` far worse, ``d`` as good as ``b``."""
    draw = np.random.default_rng(0)
    chances = np.array([0.7, 0.8, 0.5, 0.8])[:, None, None]
    return dict(zip("abcd", draw.random((4, 5, 1000)) < chances, strict=True))


HITS = clear()


def test_all_pairs_are_as_many_comparisons() -> None:
    found = judge(HITS, against="all pairs", matters=0.1)
    words = {(each.arm, each.against): each.word for each in found.comparisons}
    assert words == {
        ("b", "a"): "better", ("c", "a"): "worse", ("d", "a"): "better", ("c", "b"): "worse",
        ("d", "b"): "no difference that matters", ("d", "c"): "better",
    }  # fmt: skip
    assert {each.comparisons for each in found.comparisons} == {6}
    assert found.arms["a"].comparison is None
    assert found.arms["c"].comparison == found.comparisons[1]
    assert found.could_be_best == ("b", "d")
    assert not [each for each in found.comparisons if unsupported_numbers(each.to_json())]


def test_a_pair_reads_the_other_way_round_for_the_arm_that_is_no_baseline() -> None:
    found = judge(HITS, against="all pairs", baseline="c", matters=0.1)
    arm, pair = found.arms["a"].comparison, found.comparisons[1]
    assert arm is not None
    assert (pair.arm, pair.against, arm.arm, arm.against) == ("c", "a", "a", "c")
    assert (pair.word, arm.word) == ("worse", "better")
    for name in ("these_images", "images_like_these", "equivalence"):
        low, high = getattr(pair, name)
        assert getattr(arm, name) == (-high, -low)
    assert arm.simultaneous is not None
    assert arm.simultaneous[0][0] < arm.these_images[0]
    assert arm.p_value == pair.p_value


def test_diverged_arms_count_in_all_of_their_pairs() -> None:
    found = judge(HITS | {"lost": np.zeros((0, 1000), bool)}, against="all pairs")
    assert {each.comparisons for each in found.comparisons} == {10}
    assert found.arms["lost"].word == "not resolved"


def test_arms_beaten_by_the_best_are_worse() -> None:
    found = judge(HITS | {"twin": HITS["c"].copy()}, against="best")
    best = found.arms["b"] if found.arms["b"].comparison is None else found.arms["d"]
    words = {name: arm.word for name, arm in found.arms.items() if arm is not best}
    (other,) = {"b", "d"} & set(words)
    assert words == {"a": "worse", "c": "worse", other: "not resolved", "twin": "worse"}
    assert set(found.could_be_best) == {"b", "d"}
    for each in found.comparisons:
        assert each.against == best.name
        assert each.comparisons == 6
        assert each.simultaneous is not None
        assert each.simultaneous[0][0] < each.these_images[0]
        assert not unsupported_numbers(each.to_json())


def test_of_equal_arms_hardly_any_is_called_worse_than_the_best() -> None:
    """That arm is chosen for having come out best, which an ordinary test would not know."""
    draw = np.random.default_rng(1)
    false = 0
    for _ in range(200):
        found = judge(study(draw, 3, [1.0] * 4), against="best")
        false += any(each.word != "not resolved" for each in found.comparisons)
    assert false / 200 <= 0.06


def test_one_seed_and_one_arm_of_its_own() -> None:
    one = {name: rows[:1] for name, rows in HITS.items()}
    for against in ("all pairs", "best"):
        found = judge(one, against=against)  # type: ignore[arg-type]
        assert {each.word for each in found.comparisons} == {"not resolved"}
        assert len(found.could_be_best) == 4
        same = judge({"a": HITS["a"], "b": HITS["a"].copy()}, against=against)  # type: ignore[arg-type]
        assert same.could_be_best == ("a", "b")
        assert same.arms["b"].comparison is not None
        assert same.arms["b"].comparison.same_as == "a"


def test_what_cannot_be_compared_with_is_refused() -> None:
    wanted = "against is 'worst'; give one of 'all pairs', 'best', 'baseline'"
    with pytest.raises(ValueError, match=f"^{re.escape(wanted)}"):
        judge(HITS, against="worst")  # type: ignore[arg-type]
