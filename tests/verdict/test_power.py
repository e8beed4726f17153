from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nct
from scipy.stats import t as student

from tests.verdict.studies import study
from thumblab.verdict import pilot_sd, power, seeds_needed, smallest_visible
from thumblab.verdict.power import MOST_SEEDS


@pytest.mark.parametrize(
    ("effect", "freedom", "level"), [(3, 2, 0.05), (4, 4, 0.01), (2, 19, 0.05)]
)
def test_the_power_is_that_of_the_noncentral_t(effect: float, freedom: int, level: float) -> None:
    bar = student.ppf(1 - level / 2, freedom)
    wanted = nct.sf(bar, freedom, effect) + nct.cdf(-bar, freedom, effect)
    assert power(effect, freedom, level) == pytest.approx(wanted, abs=2e-4)


def test_without_an_effect_the_power_is_the_level() -> None:
    for freedom in (1, 2, 30):
        assert power(0.0, freedom, 0.05) == pytest.approx(0.05, abs=5e-4)


@pytest.mark.parametrize(
    ("seeds", "comparisons", "wanted"),
    [
        (2, 1, 11.6),
        (3, 1, 3.3),
        (3, 16, 13.1),
        (5, 1, 1.7),
        (5, 16, 3.6),
        (10, 1, 1.0),
        (20, 16, 0.96),
    ],
)
def test_the_smallest_difference_that_is_seen(seeds: int, comparisons: int, wanted: float) -> None:
    found = smallest_visible(1.0, seeds, comparisons=comparisons)
    assert found == pytest.approx(wanted, rel=0.03)
    assert smallest_visible(0.01, seeds, comparisons=comparisons) == pytest.approx(found / 100)


def test_seeds_that_are_needed_see_what_they_are_asked_for() -> None:
    for luck in (0.0, 0.02):
        found = seeds_needed(1.0, 1.0, comparisons=3, luck=luck)
        assert found is not None
        assert smallest_visible(1.0, found, comparisons=3, luck=luck) <= 1.0
        assert smallest_visible(1.0, found - 1, comparisons=3, luck=luck) > 1.0


def test_variance_of_the_images_is_all_but_known() -> None:
    """Three seeds have two degrees of freedom; with as much luck of the images there are eight."""
    found = smallest_visible(3**0.5, 3, luck=1.0)
    assert power(found / 2**0.5, 8, 0.05) == pytest.approx(0.8, abs=1e-6)


def test_no_number_of_seeds_makes_up_for_few_images() -> None:
    assert seeds_needed(1.0, 1.0, luck=0.2) is None
    assert seeds_needed(1e-3, 1.0) is None
    assert seeds_needed(1.0, 0.01) == 2
    assert MOST_SEEDS == 1000


def test_two_networks_tell_the_spread_of_many() -> None:
    draw = np.random.default_rng(0)
    hits = study(draw, 400, [1.0], images=2000)
    spread = (hits["plain"].mean(1) - hits["arm 0"].mean(1)).std(ddof=1)
    assert pilot_sd(hits["plain"][:2]) == pytest.approx(spread, rel=0.15)
    assert pilot_sd(np.ones((2, 10), bool)) > 0
