import numpy as np
import pytest

from thumblab.report.figures import confusion


def test_rows_are_shares_of_their_truth():
    axes = confusion([[3, 1], [0, 0]], ["cat", "$dog$"]).axes[0]
    assert axes.collections[0].get_array().ravel().tolist() == [75, 25, 0, 0]
    assert [text.get_text() for text in axes.texts] == ["75", "25"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "$dog$"]
    assert axes.yaxis_inverted()


def test_of_many_classes_some_names_are_left_out_and_all_numbers():
    axes = confusion(np.eye(100), [f"class {i}" for i in range(100)]).axes[0]
    assert len(axes.texts) == 0
    assert 2 < len(axes.get_yticks()) < 100


def test_shapes_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match=r"shape \(2, 2\) for 1 names; give a square matrix"):
        confusion(np.eye(2), ["cat"])
