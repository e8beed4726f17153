from statistics import fmean, stdev

from tests.report.study import made_up
from thumblab.report.study import StudyArm, StudyPage
from thumblab.report.study.arms_table import arm_rows, heads
from thumblab.report.study.words import Words

WORDS = Words("en")


def test_cells_stand_under_their_heads_and_sort_by_their_values():
    page = made_up.study(arms=4, images=400, classes=5)
    names = heads(page, WORDS)
    rows = arm_rows(page, WORDS)
    assert all(len(row.cells) == len(names) for row in rows)
    for row, arm in zip(rows, page.arms, strict=True):
        cells = dict(zip(names, row.cells, strict=True))
        assert cells["Mean"].value == fmean(arm.accuracies)
        assert cells["SD"].text == f"{100 * stdev(arm.accuracies):.2f}"
        assert cells["Parameters"].text == f"{arm.parameters:,}"
        found = page.verdict.arms[arm.name]
        if found.comparison:
            assert cells["Difference"].value == found.difference
            assert cells["On these images"].value == found.these_images[0]
            assert cells["On images like these"].value == found.images_like_these[0]
            assert (cells["p (Holm)"].value, cells["Verdict"].text) == (found.adjusted, found.word)
    assert [row.baseline for row in rows] == [True, False, False, False]
    assert rows[-1].cells[-1].text == "1"  # diverged


def test_only_the_numbers_of_a_void_comparison_are_struck():
    page = made_up.study(arms=3, images=200, classes=4, void=True)
    names = heads(page, WORDS)
    struck = {
        name
        for name, cell in zip(names, arm_rows(page, WORDS)[1].cells, strict=True)
        if cell.struck
    }
    assert struck == {"Difference", "p (Holm)", "On images like these", "On these images",
                      "All, on images like these"}  # fmt: skip
    assert not any(cell.struck for row in arm_rows(page, WORDS)[::2] for cell in row.cells)


def test_without_a_verdict_there_are_no_columns_for_it():
    page = StudyPage("a", (StudyArm("x", seeds=(0,), accuracies=(0.5,)), StudyArm("y")))
    names = heads(page, WORDS)
    assert "Difference" not in names
    first, second = arm_rows(page, WORDS)
    assert [cell.text for cell in first.cells[:3]] == ["50.00", "–", "1"]
    assert [cell.text for cell in second.cells] == ["–", "–", "0", "–", "–", "–", "–"]
