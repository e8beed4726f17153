import numpy as np
import pytest

from thumblab.report.figures import Projected, pca

POINTS = np.arange(12.0).reshape(6, 2)
LABELS = [0, 0, 1, 1, 2, 2]


def test_classes_are_told_apart_by_color_and_marker_and_named_once():
    clouds = [Projected(title, POINTS, [0.7, 0.2]) for title in ("before", "after")]
    figure = pca(clouds, LABELS, ["cat", "dog", "cow"], shown=[2, 0])
    assert [axes.get_title("left") for axes in figure.axes] == ["before", "after"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["cow", "cat"]
    rest, cow, cat = figure.axes[0].collections
    assert rest.get_offsets().tolist() == POINTS[2:4].tolist()
    assert cow.get_offsets().tolist() == POINTS[4:].tolist()
    shapes = [each.get_paths()[0].vertices.shape for each in (cow, cat)]
    assert shapes[0] != shapes[1]


def test_one_component_is_too_few():
    with pytest.raises(ValueError, match=r"points have shape \(6, 1\) for 6 labels"):
        pca([Projected("after", POINTS[:, :1], [1.0])], LABELS, ["a", "b", "c"])
