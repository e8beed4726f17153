from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.study.ticks import label, log_ticks, ticks

NUMBER = st.floats(-1e6, 1e6)


@given(NUMBER, st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_are_inside_even_and_few(low, width, most):
    found = ticks(low, low + width, most)
    slack = 1e-6 * max(abs(low), width)
    assert len(found) <= most
    assert all(low - slack <= each <= low + width + slack for each in found)
    steps = {round((b - a) / width, 4) for a, b in pairwise(found)}
    assert len(steps) <= 1 or max(steps) - min(steps) < 1e-3


def test_nothing_to_divide_is_one_tick_or_none():
    assert ticks(1.0, 1.0) == [1.0]
    assert ticks(float("nan"), 1.0) == []


@given(st.floats(1e-3, 1e9), st.floats(3, 1e6))
def test_ticks_of_a_logarithmic_axis_are_inside_and_few(low, times):
    found = log_ticks(low, low * times)
    assert len(found) <= 5
    assert all(low <= each <= low * times for each in found)


def test_large_numbers_are_short():
    assert [label(each) for each in (0.1, 999, 1000, 2.5e9)] == ["0.1", "999", "1k", "2.5G"]
