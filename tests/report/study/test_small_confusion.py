import re

import numpy as np

from thumblab.report.study import StudyArm, StudyPage
from thumblab.report.study.small_confusion import changed, small_confusion

BEFORE = np.array([[8, 2, 0], [0, 10, 0], [1, 0, 0]])
AFTER = np.array([[10, 0, 0], [5, 5, 0], [1, 0, 0]])


def cells(text, kind):
    paths = re.findall(rf'class="{kind} s(\d)" d="([^"]*)"', text)
    return {(int(row), int(column)): int(level) for level, path in paths
            for column, row in re.findall(r"M(\d+) (\d+)", path)}  # fmt: skip


def test_a_cell_is_drawn_where_something_happened_darker_for_more():
    drawing = small_confusion(BEFORE, "<i>")
    right, wrong = cells(drawing, "right"), cells(drawing, "wrong")
    assert right.keys() == {(0, 0), (1, 1)}
    assert wrong.keys() == {(0, 1), (2, 0)}
    assert right[1, 1] == wrong[2, 0] == 6 > wrong[0, 1]
    assert 'aria-label="&lt;i&gt;: 85.7 %"' in drawing


def test_the_largest_changes_come_first_and_right_ones_are_none():
    arms = (StudyArm("plain", confusion=BEFORE), StudyArm("after", confusion=AFTER), StudyArm("x"))
    found = changed(StudyPage("a", arms, classes=("cat", "dog", "cow")))
    assert [(each.arm, each.truth, each.guess) for each in found] == [
        ("after", "dog", "cat"),
        ("after", "cat", "dog"),
    ]
    assert [(each.before, each.after) for each in found] == [(0.0, 0.5), (0.2, 0.0)]
    assert changed(StudyPage("a", arms)) == []
