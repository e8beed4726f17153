from __future__ import annotations

from dataclasses import replace

import pytest

from tests.verdict.test_comparison import FOUND
from thumblab.verdict import WORDS

SURE, UNSURE = 0.01, 0.2


@pytest.mark.parametrize(
    ("difference", "adjusted", "beyond", "equivalence", "wanted"),
    [
        (0.02, SURE, SURE, UNSURE, "better"),
        (-0.02, SURE, SURE, UNSURE, "worse"),
        (0.02, SURE, UNSURE, UNSURE, "better on these images"),
        (-0.02, SURE, UNSURE, UNSURE, "worse on these images"),
        (-0.02, SURE, None, None, "worse on these images"),
        (0.02, UNSURE, SURE, UNSURE, "not resolved"),
        (0.02, UNSURE, UNSURE, UNSURE, "not resolved"),
        (0.001, UNSURE, UNSURE, SURE, "no difference that matters"),
        (0.001, SURE, UNSURE, SURE, "no difference that matters"),
        (0.001, SURE, SURE, SURE, "better"),
        (0.02, 0.05, 0.05, 0.05, "not resolved"),
    ],
)
def test_words(
    difference: float, adjusted: float, beyond: float | None, equivalence: float | None, wanted: str
) -> None:
    found = replace(
        FOUND, difference=difference, adjusted=adjusted, adjusted_like_these=beyond,
        equivalence_adjusted=equivalence,
    )  # fmt: skip
    assert found.word == wanted
    assert wanted in WORDS
    assert replace(found, reason="leak").word == "void"
    assert replace(found, seeds=1).word == "not resolved"
