from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.verdict.studies import study
from tests.verdict.test_comparison import FOUND
from thumblab.verdict import judge, numbers_in, unsupported_numbers


def test_a_number_that_is_no_value_is_noticed() -> None:
    told = FOUND.to_json()
    told["sentence"] = told["sentence"].replace("2.13", "2.31")
    assert unsupported_numbers(told) == ("2.31",)


def test_numbers_are_found_with_their_sign_and_rounding() -> None:
    found = numbers_in("a2: -0.5 points (-1.25 to 3), 10e-3 of v1.2.3 and x_7")
    assert [(each.value, each.rounding) for each in found] == [
        (-0.5, 0.05), (-1.25, 0.005), (3.0, 0.5), (0.01, 0.5),
    ]  # fmt: skip


@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from([None, 0.005, 0.02]))
def test_every_number_in_a_sentence_is_one_of_its_values(
    seed: int, seeds: int, matters: float | None
) -> None:
    hits = study(np.random.default_rng(seed), seeds, [1.0, 0.9, 0.5], images=60)
    names = ["0.1", "rate=0.01", "5", "net 18"]  # names with numbers in them are no numbers
    found = judge(dict(zip(names, hits.values(), strict=True)), matters=matters)
    for each in found.comparisons:
        assert not unsupported_numbers(each.to_json())
        assert not re.search(r"nan|None|-0\.0+ ", each.sentence)
