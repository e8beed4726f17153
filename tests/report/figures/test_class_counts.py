import numpy as np
import pytest

from thumblab.report.figures import class_counts


def test_every_bar_has_its_number():
    figure = class_counts({"train": [1200, 7], "test": [3, 4]}, ["cat", "dog"])
    assert [text.get_text() for text in figure.axes[0].texts] == ["1,200", "7"]
    assert [axes.get_title("left") for axes in figure.axes] == [
        "train: 1,207 images",
        "test: 7 images",
    ]


def test_many_classes_are_drawn_by_rank():
    counts = np.arange(100)
    axes = class_counts({"train": counts}, [f"class {i}" for i in range(100)]).axes[0]
    assert axes.get_xlabel() == "classes, most frequent first"
    (area,) = axes.collections
    assert area.get_datalim(axes.transData).y1 == 99


def test_lengths_that_differ_are_told():
    with pytest.raises(ValueError, match=r"train has counts of shape \(3,\) for 2 names"):
        class_counts({"train": [1, 2, 3]}, ["cat", "dog"])
    with pytest.raises(ValueError, match="there is no part"):
        class_counts({}, ["cat"])
