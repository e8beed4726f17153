from __future__ import annotations

import string
from typing import Any

from tests.analysis.comparison import Comparison
from thumblab.analysis import character_parts, digit_or_letter, merged_cases
from thumblab.data import Characters, read

ALL = string.digits + string.ascii_uppercase + string.ascii_lowercase


def numbered(keys: list[Any]) -> list[int]:
    """Each key as its place among the keys in the order they first appear."""
    return [list(dict.fromkeys(keys)).index(key) for key in keys]


def indices(names: str) -> list[int]:
    """The parts one after another, with a -1 behind each."""
    return [i for part in character_parts(names).values() for i in (*part, -1)]


def by_ascii(names: str) -> list[int]:
    spans = [("0", "9"), ("A", "z"), ("A", "Z"), ("a", "z")]
    parts = [[i for i, name in enumerate(names) if a <= name <= b] for a, b in spans]
    return [i for part in parts if part for i in (*part, -1)]


CASES = tuple((names,) for names in (ALL, ALL[::-1], "7", "x", "Cc", "abc"))
COMPARISONS = [
    Comparison(
        "merged_cases",
        lambda names: merged_cases(names).groups,
        lambda names: numbered(
            [name.upper() if name in "cijklmopsuvwxyz" else name for name in names]
        ),
        CASES,
    ),
    Comparison(
        "digit_or_letter",
        lambda names: digit_or_letter(names).groups,
        lambda names: numbered([name in string.digits for name in names]),
        CASES,
    ),
    Comparison("character_parts", indices, by_ascii, CASES),
]


def test_all_characters_merge_into_the_classes_of_the_official_split() -> None:
    official = read(Characters()).classes
    assert len(official) == 47
    assert merged_cases(ALL).names == official
    assert merged_cases(official).groups == tuple(range(47))


def test_words_are_no_characters() -> None:
    assert character_parts(["1", "two"]) == {}
