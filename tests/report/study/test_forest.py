import re

import numpy as np
import pytest

from tests.report.study import made_up
from thumblab.report.forest_axis import seeds_of
from thumblab.report.study.forest import forest
from thumblab.report.study.words import Words
from thumblab.verdict import judge

WORDS = Words("en")


@pytest.fixture(scope="module")
def verdict():
    return made_up.study(arms=5, images=600, classes=10).verdict


def shares(text, name):
    return [float(each) for each in re.findall(rf'{name}="(-?[\d.]+)%"', text)]


def test_bars_dots_and_marks_have_one_scale(verdict):
    drawn = forest(verdict, WORDS)
    zero, low, high = (float(each) for each in re.findall(r":([\d.]+)%", drawn.ground))
    a_point = (high - low) / (2 * 100 * verdict.matters)
    for row, found in zip(drawn.rows[:2], verdict.comparisons[:2], strict=True):
        like, these = re.findall(r'<line class="\w+" x1="([\d.]+)%" x2="([\d.]+)%"', row.plot)
        for drawn_ends, ends in ((like, found.images_like_these), (these, found.these_images)):
            places = [zero + 100 * end * a_point for end in ends]
            assert [float(end) for end in drawn_ends] == pytest.approx(places, abs=0.1)
        wanted = [zero + 100 * each * a_point for each in seeds_of(found, verdict)]
        assert shares(row.plot, "cx") == pytest.approx(wanted, abs=0.1)


def test_a_collapsed_arm_does_not_flatten_the_others(verdict):
    drawn = forest(verdict, WORDS)
    assert "beyond" in drawn.rows[-1].plot
    assert all("beyond" not in row.plot for row in drawn.rows[:-1])
    assert all(0 <= each <= 100 for each in shares(drawn.rows[-1].plot, "x1"))


def test_a_row_says_its_word_and_its_numbers(verdict):
    row, found = forest(verdict, WORDS).rows[0], verdict.comparisons[0]
    assert row.word == found.word
    assert f"{100 * found.difference:+.1f}"[:4] in row.numbers
    assert 'role="img" aria-label="arm 1: &lt;dropout&gt;' in row.plot
    assert row.best == (found.arm in verdict.could_be_best)


def test_a_single_seed_and_equal_arms_are_drawn():
    hits = np.random.default_rng(0).random((1, 100)) < 0.8
    drawn = forest(judge({"a": hits, "b": hits.copy(), "c": ~hits}), WORDS)
    assert [row.word for row in drawn.rows] == ["not resolved", "not resolved"]
    none = judge({"a": hits, "b": hits[:0]})
    assert forest(none, WORDS).rows[0].numbers == ""
