from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.verdict.studies import study
from thumblab.verdict import judge

HITS = study(np.random.default_rng(5), 4, [1.0, 0.9, 0.8])
FOUND = judge(HITS, matters=0.01)


def test_an_arm_reads_as_its_comparison() -> None:
    arm = FOUND.arms["arm 1"]
    assert arm.comparison is not None
    for name in ("difference", "these_images", "images_like_these", "simultaneous", "p_value",
                 "adjusted", "word", "sentence"):  # fmt: skip
        assert getattr(arm, name) == getattr(arm.comparison, name)
        assert getattr(FOUND.arms["plain"], name) is None


def test_an_error_voids_the_words_and_keeps_the_numbers() -> None:
    found = FOUND.voided({"arm 0": "weights never moved"})
    assert [each.word for each in found.comparisons].count("void") == 1
    arm = found.arms["arm 0"]
    assert arm.word == "void"
    assert arm.sentence == "arm 0: void, weights never moved"
    assert arm.difference == FOUND.arms["arm 0"].difference
    assert found.arms["arm 1"] == FOUND.arms["arm 1"]


def test_an_error_of_the_baseline_or_of_all_voids_every_word() -> None:
    for name in ("plain", ""):
        found = FOUND.voided({name: "test images in training"})
        assert {each.word for each in found.comparisons} == {"void"}
    both = FOUND.voided({"": "one", "arm 1": "two"})
    assert both.arms["arm 1"].sentence == "arm 1: void, one; two"


def test_an_error_needs_an_arm_and_a_reason() -> None:
    with pytest.raises(ValueError, match=r"^there is no arm 'x'; name one of plain, arm 0"):
        FOUND.voided({"x": "why"})
    with pytest.raises(ValueError, match=r"^the reason for 'plain' is empty; say why"):
        FOUND.voided({"plain": ""})


def test_its_json_comes_back_as_it_was() -> None:
    told = FOUND.to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told["arms"]) == list(HITS)
    arm = told["arms"]["arm 0"]
    assert arm["word"] == FOUND.arms["arm 0"].word
    assert arm["simultaneous"]["these_images"] == list(FOUND.arms["arm 0"].simultaneous[0])
    assert told["arms"]["plain"]["word"] is None
    assert told["comparisons"][1]["arm"] == "arm 1"


def test_comparisons_that_were_not_declared_say_so() -> None:
    assert "declared" not in FOUND.sentence
    assert replace(FOUND, declared=False).sentence.endswith(" (not declared beforehand).")


def test_arms_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        FOUND.arms["plain"] = FOUND.arms["arm 0"]  # type: ignore[index]
