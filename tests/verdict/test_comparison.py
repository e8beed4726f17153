from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from thumblab.verdict import Comparison, Intervals, unsupported_numbers

FOUND = Comparison(
    "wide", "plain", seeds=5, images=1880, comparisons=3, level=0.05, matters=0.005,
    difference=0.0213, sd=0.004, these_images=(0.0163, 0.0263), images_like_these=(0.0152, 0.0274),
    simultaneous=Intervals((0.014, 0.028), (0.012, 0.03)), p_value=0.001, p_value_like_these=0.002,
    adjusted=0.003, adjusted_like_these=0.006, equivalence=(0.016, 0.0266), equivalence_adjusted=1.0,
    seeds_needed=9,
)  # fmt: skip


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        FOUND.difference = 0.1  # type: ignore[misc]


def test_its_json_has_all_fields_the_word_and_the_sentence() -> None:
    told: dict[str, Any] = json.loads(json.dumps(FOUND.to_json()))
    assert told["word"] == "better"
    assert told["simultaneous"] == {
        "these_images": [0.014, 0.028],
        "images_like_these": [0.012, 0.03],
    }
    assert told["sentence"] == FOUND.sentence
    assert not unsupported_numbers(told)
