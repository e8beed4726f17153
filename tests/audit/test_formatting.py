from __future__ import annotations

from thumblab.audit.formatting import percent, points, some


def test_numbers_have_their_units() -> None:
    assert percent(0.0153) == "1.53 %"
    assert points(-0.0112) == "-1.12 points"


def test_many_are_cut() -> None:
    assert some(range(7)) == "0, 1, 2, 3, 4 and 2 more"
    assert some(["one"]) == "one"
