import numpy as np
import pytest

from thumblab.core.errors import DataError
from thumblab.data.pictures.levels import shallow, to_levels


@pytest.mark.parametrize("bits", [1, 8, 10, 12, 14, 16])
def test_the_range_is_the_smallest_usual_one(bits: int) -> None:
    full = (1 << bits) - 1
    values = np.linspace(0, full, 256).round().astype(np.uint16)
    levels, note = to_levels(values)
    assert np.abs(levels - values * (255 / full)).max() <= 0.5
    assert note == (None if bits == 16 else f"holds values up to {full}, read as 0 to {full}")


def test_a_declared_range_needs_no_guess() -> None:
    levels, note = to_levels(np.array([0, 50, 100]), 200)
    assert (levels.tolist(), note) == ([0, 64, 128], None)
    assert to_levels(np.array([0, 300]), 200)[1] is not None  # declared wrongly


def test_real_numbers_are_0_to_1_unless_they_are_more() -> None:
    levels, note = to_levels(np.array([0, 0.5, 1, 1.02]), real=True)
    assert (levels.tolist(), note) == ([0, 128, 255, 255], None)
    levels, note = to_levels(np.array([0, 51.0, 254.6]), real=True)
    assert (levels.tolist(), note) == ([0, 51, 255], "holds values up to 254.6, read as 0 to 255")


def test_negative_and_huge_values_span_black_to_white() -> None:
    levels, note = to_levels(np.array([-10, 0, 10]))
    assert (levels.tolist(), note) == (
        [0, 128, 255],
        "holds values from -10 to 10, read as black to white",
    )
    assert to_levels(np.array([0, 1 << 30]))[0].tolist() == [0, 255]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(DataError, match="hold NaN or infinity"):
        to_levels(np.array([0, value]), real=True)


def test_one_value_is_one_level() -> None:
    assert to_levels(np.full(3, 300))[0].tolist() == [75] * 3
    assert to_levels(np.full(3, -5))[0].tolist() == [0] * 3


def test_shallow_ranges_end_at_four_bits() -> None:
    assert [shallow(high) for high in (0, 1, 2, 3, 4, 15, 16, 255)] == [
        None,
        1,
        3,
        3,
        15,
        15,
        None,
        None,
    ]
