import numpy as np
import pytest

from thumblab.report.figures import CurvePanel, curves
from thumblab.report.figures.curves import mean_and_band

VALUES = np.array([[1.0, 2.0, 3.0], [3.0, 6.0, np.nan]])


def test_a_line_is_the_mean_and_its_band_the_range_or_the_standard_deviation():
    mean, low, high = mean_and_band(VALUES, "range")
    assert (mean.tolist(), low.tolist(), high.tolist()) == ([2, 4, 3], [1, 2, 3], [3, 6, 3])
    mean, low, high = mean_and_band(VALUES, "sd")
    assert np.allclose(high - mean, [np.sqrt(2), np.sqrt(8), 0])
    assert np.allclose(mean - low, [np.sqrt(2), np.sqrt(8), 0])


def test_an_epoch_that_no_seed_has_is_a_gap():
    gone = np.array([[1.0, np.nan]])
    assert all(np.isnan(each[1]) for each in mean_and_band(gone, "range"))


def test_epochs_begin_with_one_and_one_seed_has_no_band():
    axes = curves([CurvePanel("loss", {"a": VALUES, "b": [[1.0, 2.0]]})]).axes[0]
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert axes.lines[1].get_ydata().tolist() == [1, 2]
    assert len(axes.collections) == 1


def test_fractions_are_shown_in_percent():
    axes = curves([CurvePanel("accuracy", {"a": [[0.5, 0.75]]}, percent=True)]).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [50, 75]


def test_few_lines_have_their_names_at_their_ends_and_many_a_legend():
    few = curves([CurvePanel("loss", {f"arm {i}": [[1.0, 1.0]] for i in range(3)})])
    assert [text.get_text() for text in few.axes[0].texts] == ["arm 0", "arm 1", "arm 2"]
    assert not few.legends
    many = curves([CurvePanel("loss", {f"arm {i}": [[1.0, 1.0]] for i in range(17)})])
    assert len(many.legends[0].get_texts()) == 17


def test_nothing_to_draw_is_told():
    with pytest.raises(ValueError, match="there is no curve"):
        curves([])
    with pytest.raises(ValueError, match=r"'a' has values of shape \(1, 0\)"):
        curves([CurvePanel("loss", {"a": [[]]})])
