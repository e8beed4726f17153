from __future__ import annotations

import json

import numpy as np
import pytest

from thumblab.analysis import averages, macro_f1_contributions
from thumblab.verdict import describe, judge_scores

DRAW = np.random.default_rng(0)
LABELS = DRAW.integers(0, 4, 200)
GUESSES = {
    arm: np.where(DRAW.random((4, 200)) < known, LABELS, (LABELS + 1) % 4)
    for arm, known in (("plain", 0.7), ("wide", 0.8))
}
SCORES = {
    arm: np.array([averages(row, LABELS, "macro").f1 for row in rows])
    for arm, rows in GUESSES.items()
}
PARTS = {
    arm: np.array([macro_f1_contributions(row, LABELS) for row in rows])
    for arm, rows in GUESSES.items()
}


def test_it_has_the_intervals_of_a_verdict_and_no_word() -> None:
    plain, wide = describe(SCORES, PARTS)
    judged = judge_scores(SCORES, PARTS).arms["wide"]
    assert (wide.these_images, wide.images_like_these) == (
        judged.these_images,
        judged.images_like_these,
    )
    assert wide.mean == pytest.approx(SCORES["wide"].mean())
    assert wide.sd == pytest.approx(SCORES["wide"].std(ddof=1))
    assert (plain.difference, plain.these_images, plain.seeds) == (None, None, 4)
    told = json.loads(json.dumps(wide.to_json()))
    assert told == wide.to_json()
    assert "word" not in told


def test_the_baseline_and_the_level_are_those_asked_for() -> None:
    plain, wide = describe(SCORES, PARTS, baseline="wide", level=0.5)
    assert wide.difference is None
    assert plain.difference == pytest.approx(-(describe(SCORES, PARTS)[1].difference or 0))
    usual = describe(SCORES, PARTS, baseline="wide")[0]
    assert plain.these_images is not None
    assert usual.these_images is not None
    assert usual.these_images[0] < plain.these_images[0]
