import pytest

from tests.report.study import made_up
from thumblab.core.errors import UsageError
from thumblab.report.study import StudyArm, StudyPage


def test_arms_need_names_of_their_own():
    with pytest.raises(UsageError, match="give at least one, each under its own name"):
        StudyPage("a", ())
    with pytest.raises(UsageError, match=r"\['x', 'x'\] cannot be made"):
        StudyPage("a", (StudyArm("x"), StudyArm("x")))


def test_the_baseline_is_the_verdicts_else_the_first():
    page = made_up.study(arms=3, images=100, classes=4)
    assert page.baseline.name == "plain"
    assert StudyPage("a", page.arms[1:], verdict=page.verdict).baseline is page.arms[1]
