from dataclasses import replace

import numpy as np
import pytest

from tests.report.study import made_up
from thumblab.report.forest_axis import ends_of, reach, seeds_of
from thumblab.verdict import judge


@pytest.fixture(scope="module")
def verdict():
    return made_up.study(arms=5, images=600, classes=10).verdict


def test_seeds_are_paired(verdict):
    found = verdict.comparisons[0]
    own, other = verdict.arms[found.arm].scores, verdict.arms["plain"].scores
    assert seeds_of(found, verdict) == [a - b for a, b in zip(own, other, strict=True)]
    assert np.mean(seeds_of(found, verdict)) == pytest.approx(found.difference)
    assert seeds_of(replace(found, arm="an effect"), verdict) == []


def test_everything_is_inside_but_a_collapsed_arm(verdict):
    low, high = reach(verdict)
    for found in verdict.comparisons[:-1]:
        every = [*ends_of(found), *seeds_of(found, verdict)]
        assert low < min(every) < max(every) < high
    assert min(ends_of(verdict.comparisons[-1])) < low
    assert low < -verdict.matters < verdict.matters < high


def test_a_large_effect_is_no_collapse():
    rng = np.random.default_rng(0)
    ease = rng.beta(5, 1, 2000)
    rise = {"plain": 0.0, "a": 0.0, "b": 0.0, "c": 0.1}
    found = judge({n: rng.random((5, 2000)) < ease + more for n, more in rise.items()})
    assert reach(found)[1] > max(ends_of(found.arms["c"].comparison))


def test_an_arm_that_learned_nothing_does_not_flatten_the_others():
    rng = np.random.default_rng(0)
    share = {"plain": 0.8, "a": 0.8, "b": 0.81, "dead": 0.02}
    found = judge({n: rng.random((5, 2000)) < p for n, p in share.items()})
    assert reach(found)[0] > -0.2
