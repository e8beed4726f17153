from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from tests.verdict.studies import Array, study
from thumblab.verdict import e_value, judge, look_levels
from thumblab.verdict.best import contrasts_of
from thumblab.verdict.crossed import crossed
from thumblab.verdict.estimates import quantile
from thumblab.verdict.looks import AnyTime, e_bar, estimates_at


def t_of_seeds(draw: np.random.Generator, studies: int, most: int, effect: float = 0.0) -> Array:
    """``(studies, most + 1)``: t of the first so many seeds; not a number below two."""
    x = draw.standard_normal((studies, most)) + effect
    n = np.arange(1, most + 1)
    mean = x.cumsum(1) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = ((x * x).cumsum(1) / n - mean**2) * n / (n - 1)
        return np.concatenate([np.full((studies, 1), np.nan), mean / np.sqrt(spread / n)], 1)


T = t_of_seeds(np.random.default_rng(0), 40_000, 20)


@pytest.mark.parametrize(
    ("looks", "wanted"),
    [
        ((3, 5, 8), 0.0200),
        ((3, 5, 8, 12), 0.0158),
        ((3, 5, 8, 12, 20), 0.0129),
        ((5, 10, 20), 0.0197),
    ],
)
def test_levels_are_those_that_were_simulated(looks: tuple[int, ...], wanted: float) -> None:
    found = look_levels(looks)
    assert len(found) == len(looks)
    assert found == pytest.approx([wanted] * len(looks), rel=0.015)


@pytest.mark.parametrize("looks", [(2, 3), (3, 5, 8), (2, 4, 6, 8, 10), (3, 20)])
@pytest.mark.parametrize("level", [0.05, 0.2])
def test_all_looks_together_keep_the_level(looks: tuple[int, ...], level: float) -> None:
    own = look_levels(looks, level=level)[0]
    bars = np.array([float(quantile(own, seeds - 1)) for seeds in looks])
    alarms = (np.abs(T[:, list(looks)]) > bars).any(1).mean()
    assert alarms == pytest.approx(level, abs=3.5 * (level * (1 - level) / len(T)) ** 0.5)


def test_one_look_has_the_whole_level() -> None:
    assert look_levels([5], level=0.1) == (0.1,)


@pytest.mark.parametrize("looks", [(), (1, 3), (5, 3), (3, 3)])
def test_looks_that_do_not_rise_are_refused(looks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^looks are .*; give numbers of seeds from 2 on"):
        look_levels(looks)
    with pytest.raises(ValueError, match=r"^level is 0; give"):
        look_levels((3, 5), level=0)


def test_a_look_that_was_not_declared_is_refused() -> None:
    hits = study(np.random.default_rng(0), 6, [0.9])
    with pytest.raises(
        ValueError, match=r"^there are 6 seeds and looks were declared at 3, 5, 8; judge at"
    ):
        judge(hits, looks=(3, 5, 8))
    first = {name: rows[:5] for name, rows in hits.items()}
    found = judge(first, looks=(3, 5, 8))
    assert found.level_here == found.comparisons[0].level == look_levels((3, 5, 8))[0]
    assert found.looks == (3, 5, 8)
    assert found.level == 0.05
    plain = judge(first, level=found.level_here)
    assert plain.arms["arm 0"].these_images == found.arms["arm 0"].these_images
    assert plain.could_be_best == found.could_be_best


# ----- At any time -----


def test_evidence_seldom_comes_up_by_luck_however_often_one_looks() -> None:
    each = [e_value(T[:, seeds], seeds) for seeds in range(2, 21)]
    assert 0.005 < (np.max(each, 0) >= 20).mean() <= 0.05
    assert np.mean(each[3]) == pytest.approx(1, abs=0.1)


def test_evidence_comes_up_where_there_is_a_difference() -> None:
    found = t_of_seeds(np.random.default_rng(1), 2000, 20, effect=1.0)
    each = np.array([e_value(found[:, seeds], seeds) for seeds in range(2, 21)])
    assert (each.max(0) >= 20).mean() == pytest.approx(0.873, abs=0.03)


def test_the_bar_is_where_the_evidence_is_enough() -> None:
    for seeds in (6, 10, 20):
        assert e_value(e_bar(0.05, seeds), seeds) == pytest.approx(20)
    assert e_bar(0.05, 3) == np.inf


def test_p_values_and_intervals_at_any_time_say_the_same() -> None:
    data = crossed(study(np.random.default_rng(3), 8, [1.0, 0.9, 0.8]))
    found = estimates_at(data, contrasts_of([(1, 0), (2, 0), (3, 0)], 4), any_time=True)
    assert (found.lent == 0).all()
    for known in (found.these, found.beyond):
        assert isinstance(known, AnyTime)
        for end in known.interval(0.03):
            np.testing.assert_allclose(known.p_value(end), 0.03)
        low, high = known.interval(0.03)
        np.testing.assert_allclose(known.p_value_below(low), 0.03)
        np.testing.assert_allclose(known.p_value_above(high), 0.03)
        assert (known.p_value_above(low) == 1).all()


def test_half_of_the_level_is_for_the_images() -> None:
    known = AnyTime(np.zeros(1), np.ones(1), np.full(1, 7.0), 8, np.full(1, 4.0))
    own = float(e_bar(0.025, 8))
    assert known.interval(1.0)[1] == 1  # accuracies differ by no more
    small = AnyTime(np.zeros(1), np.full(1, 1e-6), np.full(1, 7.0), 8, np.full(1, 4e-6))
    assert small.interval(0.05)[1] == pytest.approx(1e-3 * own + 2e-3 * float(norm.isf(0.0125)))


def test_too_few_seeds_tell_nothing_at_any_time() -> None:
    hits = study(np.random.default_rng(4), 3, [0.5])
    found = judge(hits, looks="any", matters=0.01).arms["arm 0"]
    assert found.these_images == (-1, 1)
    assert found.word == "not resolved"
    assert "seeds would tell" not in (found.sentence or "")
    wide = judge(study(np.random.default_rng(4), 12, [0.5]), looks="any")
    assert wide.looks == "any"
    low, high = wide.arms["arm 0"].these_images or (0, 0)
    assert -1 < low < high < 1
    fixed = judge(study(np.random.default_rng(4), 12, [0.5])).arms["arm 0"].these_images or (0, 0)
    assert low < fixed[0] < fixed[1] < high
