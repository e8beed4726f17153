from __future__ import annotations

import numpy as np
import pytest

from tests.verdict.studies import study
from thumblab.verdict.adjusted import adjusted
from thumblab.verdict.best import contrasts_of
from thumblab.verdict.compared import Question, compared
from thumblab.verdict.crossed import crossed
from thumblab.verdict.estimates import estimates

DATA = crossed(study(np.random.default_rng(1), 4, [1.0, 0.9, 0.8]))
PAIRS = [("b", "a"), ("c", "a"), ("d", "a")]
CONTRASTS = contrasts_of([(1, 0), (2, 0), (3, 0)], 4)


def test_p_values_are_adjusted_over_all_that_was_declared() -> None:
    for silent in (0, 2):
        found = compared(DATA, PAIRS, CONTRASTS, Question(0.05, silent=silent))
        both = np.array([[each.p_value, each.p_value_like_these] for each in found]).T
        own, whole = adjusted(both[0], both[1], silent)
        assert [each.adjusted for each in found] == own.tolist()
        assert [each.adjusted_like_these for each in found] == list(whole)
        assert {each.comparisons for each in found} == {3 + silent}


def test_simultaneous_intervals_are_those_of_a_smaller_level() -> None:
    wide = compared(DATA, PAIRS, CONTRASTS, Question(0.05))
    alone = compared(DATA, PAIRS, CONTRASTS, Question(0.05 / 3))
    for both, one in zip(wide, alone, strict=True):
        assert both.simultaneous is not None
        assert both.simultaneous.these_images == one.these_images
        assert both.simultaneous.images_like_these == one.images_like_these


def test_equivalence_is_two_tests_at_one_side() -> None:
    for matters in (0.001, 0.02, 0.5):
        (found,) = compared(DATA, PAIRS[:1], CONTRASTS[:1], Question(0.05, matters))
        assert found.equivalence is not None
        inside = max(map(abs, found.equivalence)) < matters
        assert found.too_small_to_matter == inside
        assert found.equivalence[1] - found.equivalence[0] < np.diff(found.images_like_these)[0]
    beyond = estimates(DATA, CONTRASTS[:1]).beyond
    assert beyond is not None
    assert beyond.interval(0.1)[0][0] == pytest.approx(found.equivalence[0])


def test_nothing_declared_is_nothing_found() -> None:
    assert compared(DATA, [], CONTRASTS[:0], Question(0.05)) == ()
