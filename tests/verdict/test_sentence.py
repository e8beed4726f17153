from __future__ import annotations

from dataclasses import replace

import pytest

from tests.verdict.test_comparison import FOUND
from tests.verdict.test_tested import SURE, UNSURE
from thumblab.verdict import Comparison, unsupported_numbers

THESE = replace(FOUND, adjusted_like_these=UNSURE, images_like_these=(-0.001, 0.0436))
UNRESOLVED = replace(
    FOUND, difference=0.003, images_like_these=(-0.0041, 0.0101), adjusted=UNSURE
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (FOUND, "wide: better than plain by 2.13 points (1.52 to 2.74) on images like these"),
        (
            replace(FOUND, difference=-0.1, images_like_these=(-0.13, -0.07)),
            "wide: worse than plain, -10.0 points (-13.0 to -7.0) on images like these",
        ),
        (
            replace(FOUND, equivalence_adjusted=SURE),
            "wide: better than plain by 2.13 points (1.52 to 2.74) on images like these, though less than "
            "matters (0.5 points)",
        ),
        (
            THESE,
            "wide: better than plain on these images by 2.13 points (1.63 to 2.63); not resolved on "
            "images like these (-0.1 to 4.4)",
        ),
        (
            replace(THESE, seeds=2, images_like_these=None, adjusted_like_these=None),
            "wide: better than plain on these images by 2.13 points (1.63 to 2.63); 2 seeds alone do not "
            "tell of images like these",
        ),
        (
            replace(UNRESOLVED, equivalence=(-0.004, 0.002), difference=-0.001, equivalence_adjusted=SURE),
            "wide: no difference that matters from plain, -0.10 points (-0.40 to 0.20) on images like "
            "these, within 0.5 points",
        ),
        (
            UNRESOLVED,
            "wide: not resolved against plain, 0.30 points (-0.41 to 1.01) on images like these; 9 seeds "
            "would tell 0.5 points apart",
        ),
        (
            replace(UNRESOLVED, seeds_needed=None, images_like_these=(0.0005, 0.0055)),
            "wide: not resolved against plain, 0.30 points (0.05 to 0.55) on images like these, too little "
            "for one of 3 comparisons; more images, not seeds, would tell 0.5 points apart",
        ),
        (
            replace(UNRESOLVED, matters=None, images_like_these=None, these_images=(-0.01, 0.016)),
            "wide: not resolved against plain, 0.3 points (-1.0 to 1.6) on these images",
        ),
        (
            replace(UNRESOLVED, same_as="plain"),
            "wide: not resolved against plain, the same hits in all 5 seeds",
        ),
        (
            Comparison("wide", "plain", 1, 9, 1, 0.05, difference=-0.02),
            "wide: not resolved against plain, -2.00 points; one seed tells two networks apart, not two "
            "ways of training",
        ),
        (
            Comparison("wide", "plain", 5, 9, 1, 0.05),
            "wide: not resolved against plain, no seed came to an end",
        ),
        (replace(FOUND, reason="3 % of test in training"), "wide: void, 3 % of test in training"),
    ],
)  # fmt: skip
def test_sentences(found: Comparison, wanted: str) -> None:
    assert found.sentence == wanted
    assert not unsupported_numbers(found.to_json())
