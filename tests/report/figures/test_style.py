import sys

import pytest

from thumblab.core.errors import UsageError
from thumblab.report.figures import class_counts
from thumblab.report.figures.size import PAPER
from thumblab.report.figures.style import COLORS, DASHES, MARKERS, drawing, whole_numbers


def test_a_missing_matplotlib_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'thumblab\[figures\]'"):
        class_counts({"train": [1]}, ["cat"])


def test_no_two_of_many_lines_look_alike():
    looks = {(COLORS[i % 7], DASHES[i % 4], MARKERS[i % 7]) for i in range(28)}
    assert (len(COLORS), len(DASHES), len(MARKERS), len(looks)) == (7, 4, 7, 28)


@pytest.mark.parametrize("epochs", [1, 2, 3, 8, 200])
def test_ticks_are_at_whole_numbers(epochs):
    with drawing(PAPER) as figure:
        axes = figure.subplots()
        axes.plot(range(1, epochs + 1), [0] * epochs)
        whole_numbers(axes)
    assert all(float(tick).is_integer() for tick in axes.get_xticks())


def test_settings_of_the_program_stay_as_they_were():
    from matplotlib import rcParams

    before = dict(rcParams)
    class_counts({"train": [1]}, ["cat"])
    assert dict(rcParams) == before
