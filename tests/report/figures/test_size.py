import pytest

from thumblab.core.errors import UsageError
from thumblab.report.figures.size import PAPER, SLIDE, Size, find_size


def test_sizes_have_names_and_figures():
    assert (find_size("slide"), find_size("paper")) == (SLIDE, PAPER)
    assert find_size("3x2.25") == Size(3.0, 2.25)


@pytest.mark.parametrize("text", ["", "poster", "3", "3x", "axb", "-3x2", "3x2x1"])
def test_what_is_no_size_is_told(text):
    with pytest.raises(UsageError, match="is no size of a figure; give slide, paper"):
        find_size(text)


@pytest.mark.parametrize("text", ["0x3", "3x0.5", "3x400"])
def test_a_size_out_of_range_is_told(text):
    with pytest.raises(UsageError, match="cannot be drawn; give sides from 1 to 40"):
        find_size(text)
