from dataclasses import replace

import numpy as np

from thumblab.report.study import StudyArm, StudyPage
from thumblab.report.study.by_class import by_class
from thumblab.report.study.points import span
from thumblab.report.study.words import Words
from thumblab.verdict import judge

WORDS = Words("en")
RNG = np.random.default_rng(0)
LABELS = np.repeat(np.arange(4), 200)
PLAIN = RNG.random((5, 800)) < 0.7


def page_of(hits):
    arms = tuple(StudyArm(name) for name in hits)
    return StudyPage(
        "a", arms, verdict=judge(hits), hits=hits, labels=LABELS, classes=tuple("abcd")
    )


def test_a_class_that_an_arm_knows_is_told_with_its_interval():
    better = PLAIN | ((LABELS == 2) & (RNG.random((5, 800)) < 0.9))
    found = by_class(page_of({"plain": PLAIN, "after": better}), WORDS)
    ((name, arm, cell),) = found.resolved
    assert (name, arm, cell.way) == ("c", "after", 1)
    wanted = 100 * (better[:, LABELS == 2].mean() - PLAIN[:, LABELS == 2].mean())
    assert np.isclose(cell.value, wanted)
    inside = {name: each[:, LABELS == 2] for name, each in (("plain", PLAIN), ("after", better))}
    together = judge(inside, level=0.05 / 4).comparisons[0].simultaneous
    assert cell.interval == span(together.images_like_these)
    assert [row.images for row in found.rows] == [200] * 4
    assert [row.cells[0].value for row in found.rows][:2] == [0, 0]


def test_luck_is_not_told():
    """Equal arms, 30 times: intervals that hold for all classes together miss once of twenty."""
    wrong = 0
    for seed in range(30):
        draw = np.random.default_rng(seed)
        ease = draw.beta(5, 1, 800)
        hits = {name: draw.random((5, 800)) < ease for name in ("plain", "a", "b", "c")}
        wrong += bool(by_class(page_of(hits), WORDS).resolved)
    assert wrong <= 4


def test_what_cannot_be_compared_has_no_table():
    page = page_of({"plain": PLAIN, "after": ~PLAIN})
    assert by_class(replace(page, labels=None), WORDS) is None
    assert by_class(replace(page, verdict=None), WORDS) is None
    assert by_class(replace(page, classes=()), WORDS) is None
    uneven = {"plain": PLAIN, "after": PLAIN[:3]}
    assert by_class(replace(page, hits=uneven), WORDS) is None


def test_the_worse_arm_is_marked_down():
    worse = PLAIN & ((LABELS != 1) | (RNG.random((5, 800)) < 0.2))
    found = by_class(page_of({"plain": PLAIN, "after": worse}), WORDS)
    assert [(name, cell.way) for name, _, cell in found.resolved] == [("b", -1)]
