from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.verdict.studies import Array, study
from thumblab.verdict import Comparison, Verdict, judge, judge_factors, judge_scores


@cache
def claims(seeds: int, arms: int, alike: float = 1.0, studies: int = 200) -> dict[str, float]:
    """Share of studies with a false word, and of intervals that hold the truth."""
    draw = np.random.default_rng(seeds + 100 * arms)
    any_word = beyond = 0
    held = []
    for _ in range(studies):
        found = judge(study(draw, seeds, [alike] * arms)).comparisons
        any_word += any(each.word != "not resolved" for each in found)
        beyond += any(each.word in ("better", "worse") for each in found)
        spans = [each.images_like_these or (-1, 1) for each in found]
        held += [low <= 0 <= high for low, high in spans]
    return {"any": any_word / studies, "beyond": beyond / studies, "held": float(np.mean(held))}


@pytest.mark.parametrize(("seeds", "arms"), [(2, 1), (2, 3), (2, 12), (3, 1), (3, 3)])
def test_where_there_is_no_difference_few_studies_claim_one(seeds: int, arms: int) -> None:
    """Ties of two seeds once made a quarter to a half of such studies claim something."""
    assert claims(seeds, arms)["any"] <= (0.03 if seeds == 2 else 0.06)


def test_arms_that_know_other_images_are_not_called_better_on_images_like_these() -> None:
    found = claims(5, 3, alike=0.8)
    assert found["any"] > 0.3  # on these images they do differ
    assert found["beyond"] <= 0.06
    assert 0.92 <= found["held"] <= 0.98


def test_ties_have_a_width_and_are_never_certain() -> None:
    second = np.random.default_rng(0).random((2, 188)) < 0.8
    first = np.roll(second, 3, axis=1)
    found = judge({"plain": second, "shifted": first}).arms["shifted"]
    assert found.comparison is not None
    assert found.comparison.sd == 0
    assert found.these_images is not None
    assert found.these_images[1] - found.these_images[0] > 0.02
    assert found.images_like_these is None
    assert found.word == "not resolved"


def better() -> dict[str, Array]:
    draw = np.random.default_rng(2)
    chances = draw.beta(4, 1, 188)
    return dict(
        zip("ab", draw.random((2, 5, 188)) < np.array([[chances], [0.8 * chances]]), strict=True)
    )


def test_a_difference_of_many_points_is_found() -> None:
    found = judge(better())
    assert found.arms["b"].word == "worse"
    assert found.could_be_best == ("a",)
    turned = judge(better(), baseline="b")
    assert turned.baseline == "b"
    assert list(turned.arms) == ["a", "b"]
    assert turned.arms["a"].word == "better"
    assert turned.arms["a"].difference == pytest.approx(-(found.arms["b"].difference or 0))
    assert turned.arms["b"].word is None


def test_arms_over_their_seeds() -> None:
    hits = better()
    found = judge(hits)
    for name, rows in hits.items():
        arm = found.arms[name]
        assert arm.scores == pytest.approx(rows.mean(1).tolist())
        assert arm.mean == pytest.approx(rows.mean())
        assert arm.sd == pytest.approx(rows.mean(1).std(ddof=1))
        assert (arm.seeds, found.seeds, found.images) == (5, 5, 188)


# ----- Arms that are one -----


def base_and(**others: Array) -> tuple[dict[str, Array], Verdict]:
    hits = study(np.random.default_rng(7), 3, [0.9] * 3) | others
    return hits, judge(hits, matters=0.01)


def plain(found: Verdict, name: str) -> Comparison:
    comparison = found.arms[name].comparison
    assert comparison is not None
    return comparison


def test_arms_with_equal_hits_are_one_comparison() -> None:
    hits, alone = base_and()
    _, found = base_and(twin=hits["arm 1"].copy())
    for name in hits:
        assert found.arms[name] == alone.arms[name]
    twin = plain(found, "twin")
    assert twin.same_as == "arm 1"
    assert twin.adjusted == plain(alone, "arm 1").adjusted
    assert ("twin" in found.could_be_best) == ("arm 1" in found.could_be_best)


def test_an_arm_with_the_baselines_hits_is_no_comparison() -> None:
    hits, alone = base_and()
    _, found = base_and(twin=hits["plain"].copy())
    assert found.arms["arm 1"] == alone.arms["arm 1"]
    twin = plain(found, "twin")
    assert (twin.difference, twin.p_value, twin.same_as) == (0, 1, "plain")
    assert twin.word == "no difference that matters"
    low, high = twin.these_images or (0, 0)
    assert low < 0 < high


# ----- Arms without seeds, and one seed -----


def test_an_arm_that_diverged_counts_as_a_comparison() -> None:
    hits, alone = base_and()
    _, found = base_and(lost=np.zeros((0, 188), bool))
    lost = found.arms["lost"]
    assert (lost.mean, lost.seeds, lost.p_value, lost.word) == (None, 0, 1, "not resolved")
    assert "lost" not in found.could_be_best
    assert plain(found, "arm 0").comparisons == 4
    for name in list(hits)[1:]:
        assert plain(found, name).p_value == plain(alone, name).p_value
        assert plain(found, name).adjusted >= plain(alone, name).adjusted


def test_seeds_that_collapsed_count_with_their_hits() -> None:
    hits, _ = base_and()
    hits["arm 0"] = hits["arm 0"].copy()
    hits["arm 0"][0] = False
    found = judge(hits)
    assert found.arms["arm 0"].scores[0] == 0
    assert found.arms["arm 0"].word == "not resolved"


def test_one_seed_resolves_nothing_and_describes() -> None:
    hits = {"a": np.ones((1, 50), bool), "b": np.zeros((1, 50), bool), "c": np.zeros((1, 50), bool)}
    found = judge(hits)
    arm = found.arms["b"]
    assert (arm.difference, arm.sd, arm.p_value, arm.these_images) == (-1, None, 1, None)
    assert arm.word == "not resolved"
    assert "one seed tells two networks apart" in (arm.sentence or "")
    assert found.could_be_best == ("a", "b", "c")
    assert judge({"a": hits["a"], "b": hits["a"]}).arms["b"].difference == 0


# ----- Other scores -----


def test_an_accuracy_given_as_a_score_is_judged_alike() -> None:
    hits, found = base_and()
    other = judge_scores(
        {name: rows.mean(1) for name, rows in hits.items()},
        {name: rows / 188 for name, rows in hits.items()},
        matters=0.01,
    )
    for name in hits:
        assert other.arms[name].word == found.arms[name].word
        assert other.arms[name].p_value == pytest.approx(found.arms[name].p_value)
        assert other.arms[name].images_like_these == pytest.approx(
            found.arms[name].images_like_these
        )


def test_scores_are_judged_against_all_that_hits_are() -> None:
    hits, _ = base_and()
    scores = {name: rows.mean(1) for name, rows in hits.items()}
    parts = {name: rows / 188 for name, rows in hits.items()}
    for options in (
        {"against": "all pairs"},
        {"against": "best"},
        {"looks": (3, 5)},
        {"looks": "any"},
    ):
        found, other = judge(hits, **options), judge_scores(scores, parts, **options)
        assert found.level_here == other.level_here
        for one, same in zip(found.comparisons, other.comparisons, strict=True):
            assert (one.arm, one.against, one.word) == (same.arm, same.against, same.word)
            assert one.adjusted == pytest.approx(same.adjusted)
    design = {name: {"a": str(k // 2), "b": str(k % 2)} for k, name in enumerate(hits)}
    effects = judge_scores(scores, parts, design=design)
    assert effects.against == "factors"
    wanted = judge_factors(hits, design).comparisons
    for one, same in zip(wanted, effects.comparisons, strict=True):
        assert one.p_value == pytest.approx(same.p_value)


def test_a_wider_confidence_gives_wider_intervals() -> None:
    hits, _ = base_and()
    narrow, wide = judge(hits, level=0.5), judge(hits, level=0.01)
    for name in list(hits)[1:]:
        for which in ("these_images", "images_like_these"):
            assert getattr(wide.arms[name], which)[0] < getattr(narrow.arms[name], which)[0]
