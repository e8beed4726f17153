from __future__ import annotations

import pytest

from thumblab.core.text import count, duration, number, percent, size


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.0, "0.0 %"),
        (1e-6, "< 0.1 %"),
        (0.00049, "< 0.1 %"),
        (0.0006, "0.1 %"),
        (0.9994, "99.9 %"),
        (0.9996, "> 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_percent_never_claims_all_or_none(fraction: float, text: str) -> None:
    assert percent(fraction).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (3599.4, "59 min 59 s"),
     (3600, "1 h 0 min"), (90000, "25 h 0 min")],
)  # fmt: skip
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers_read_well() -> None:
    assert count(1234567) == "1,234,567"
    assert number(1234.5, 1) == "1,234.5"
    assert size((3,)) == "3"
