from typing import Any

import pytest

from thumblab.report.figures import mapping


def test_the_chosen_rule_is_filled_and_named():
    axes = mapping(["a", "b"], [0.5, 0.6], [0.4, 0.5], [0.6, 0.7], chosen=1).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b (chosen)"]
    dots: Any
    spans: Any
    spans, dots = axes.collections
    assert dots.get_offsets().tolist() == [[50, 0], [60, 1]]
    assert dots.get_facecolor()[0].tolist() == [1, 1, 1, 1]
    assert dots.get_facecolor()[1].tolist() != [1, 1, 1, 1]
    assert [segment[:, 0].tolist() for segment in spans.get_segments()] == [[40, 60], [50, 70]]


def test_lengths_that_differ_are_told():
    with pytest.raises(ValueError, match="2 names, 1 accuracies"):
        mapping(["a", "b"], [0.5], [0.4], [0.6])
