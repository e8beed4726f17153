from dataclasses import replace

import numpy as np
import pytest

from tests.report.study import made_up
from thumblab.report.figures import forest
from thumblab.report.figures.forest import MARKS
from thumblab.verdict import WORDS, judge


@pytest.fixture(scope="module")
def verdict():
    return made_up.study(arms=5, images=600, classes=10).verdict


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_rows_are_named_and_end_with_their_words(verdict):
    axes = forest(verdict).axes[0]
    names, words = labels(axes.yaxis), labels(axes.child_axes[0].yaxis)
    for name, word, found in zip(names, words, verdict.comparisons, strict=True):
        assert name.startswith("★") == (found.arm in verdict.could_be_best)
        assert word == f"{found.word}, {100 * found.difference:+.2f}"
    assert axes.yaxis_inverted()


def test_bars_and_marks_are_the_numbers_of_the_verdict(verdict):
    axes = forest(verdict).axes[0]
    found = verdict.comparisons[0]
    drawn = [line.get_xdata() for line in axes.lines if set(line.get_ydata()) == {0}]
    for interval in (found.these_images, found.images_like_these):
        assert any(np.allclose(each, 100 * np.array(interval)) for each in drawn)
    assert any(np.allclose(each, [100 * found.difference]) for each in drawn)


def test_every_word_has_a_shape_or_a_filling_of_its_own():
    assert set(MARKS) == set(WORDS)
    assert len(set(MARKS.values())) == len(WORDS)


def test_a_collapsed_arm_has_arrows_and_a_void_one_no_numbers(verdict):
    void = verdict.voided({verdict.comparisons[0].arm: "S04"})
    axes = forest(void).axes[0]
    assert labels(axes.child_axes[0].yaxis)[0] == "void"
    assert "◂" in [text.get_text() for text in axes.texts]


def test_comparisons_of_other_pairs_name_both():
    hits = {name: np.random.default_rng(k).random((3, 90)) < 0.8 for k, name in enumerate("abc")}
    found = judge(hits)
    turned = replace(found, comparisons=(replace(found.comparisons[0], against="c"),))
    axes = forest(turned).axes[0]
    assert "b − c" in labels(axes.yaxis)[0]
    assert axes.get_xlabel() == "difference (points)"


def test_nothing_to_compare_is_told(verdict):
    with pytest.raises(ValueError, match="nothing was compared"):
        forest(replace(verdict, comparisons=()))
