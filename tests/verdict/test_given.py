from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from thumblab.verdict import judge, judge_scores

GOOD = np.zeros((3, 10), bool)
HUGE: Any = np.broadcast_to(np.zeros(1, np.float32), (10**6, 10**6))


@pytest.mark.parametrize(
    ("hits", "options", "message"),
    [
        ({}, {}, "arms are none; give two or more, by name"),
        ({"a": GOOD}, {}, "arms are 'a'; give two or more, by name"),
        ({"": GOOD, "b": GOOD}, {}, "arms are '', 'b'; give two or more, by name"),
        ({"a": GOOD, "b": HUGE}, {},
         "hits of 'b' are float32 of shape (1000000, 1000000); give a bool array (seeds, images), True "
         "where the network of that seed is right"),
        ({"a": GOOD, "b": GOOD.astype(int)}, {}, "hits of 'b' are int64 of shape (3, 10)"),
        ({"a": GOOD, "b": np.full((3, 10), np.nan)}, {}, "hits of 'b' are float64 of shape (3, 10)"),
        ({"a": GOOD, "b": [[True]]}, {}, "hits of 'b' are list"),
        ({"a": GOOD, "b": GOOD[0]}, {}, "hits of 'b' are bool of shape (10,)"),
        ({"a": GOOD, "b": GOOD[:2]}, {},
         "shapes are 'a' (3, 10), 'b' (2, 10); give the same seeds and the same images for all arms"),
        ({"a": GOOD, "b": GOOD[:, :9]}, {}, "shapes are 'a' (3, 10), 'b' (3, 9)"),
        ({"a": GOOD, "b": GOOD[:0, :9]}, {}, "shapes are 'a' (3, 10), 'b' (0, 9)"),
        ({"a": GOOD[:0], "b": GOOD[:0]}, {}, "shapes are 'a' (0, 10), 'b' (0, 10)"),
        ({"a": GOOD[:, :1], "b": GOOD[:, :1]}, {}, "arms were scored on 1 images; give two or more"),
        ({"a": GOOD[:0], "b": GOOD}, {}, "no seed of the baseline 'a' came to an end; name another"),
        ({"a": GOOD, "b": GOOD}, {"baseline": "c"}, "there is no arm 'c'; the baseline is one of a, b"),
        ({"a": GOOD, "b": GOOD}, {"level": 0.0}, "level is 0.0; give the chance of a wrong word"),
        ({"a": GOOD, "b": GOOD}, {"level": float("nan")}, "level is nan"),
        ({"a": GOOD, "b": GOOD}, {"matters": 0.0}, "matters is 0.0; give the difference"),
        ({"a": GOOD, "b": GOOD}, {"matters": 1.5}, "matters is 1.5"),
        ({"a": GOOD, "b": GOOD}, {"matters": float("nan")}, "matters is nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused_in_one_sentence(
    hits: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        judge(hits, **options)


@pytest.mark.parametrize(
    ("scores", "parts", "message"),
    [
        ({"a": GOOD, "b": GOOD}, {"a": GOOD}, "scores are of a, b and contributions of a; give both"),
        ({"a": GOOD[:, 0], "b": GOOD[:, 0]}, {"a": GOOD, "b": GOOD}, "scores of 'a' are bool of shape (3,)"),
        ({"a": np.full(3, np.nan), "b": np.ones(3)}, {"a": GOOD * 1.0, "b": GOOD * 1.0},
         "scores of 'a' are float64 of shape (3,); give finite numbers"),
        ({"a": np.ones(2), "b": np.ones(3)}, {"a": GOOD * 1.0, "b": GOOD * 1.0},
         "scores of 'a' have shape (2,) and contributions (3, 10); give (seeds,) and (seeds, images)"),
    ],
)  # fmt: skip
def test_scores_that_do_not_fit_their_images_are_refused(
    scores: dict[str, Any], parts: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        judge_scores(scores, parts)
