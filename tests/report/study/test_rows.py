from pathlib import Path

from tests.study.small import study
from thumblab.report.study.rows import rows_of
from thumblab.study import answer


def test_an_arm_is_a_row_with_what_a_paper_needs(finished_study: Path) -> None:
    found = answer(study(), runs=finished_study)
    plain, longer = rows_of(found)
    assert (plain["arm"], longer["arm"]) == ("plain", "longer")
    assert plain["difference"] is None
    judged = found.verdict.arms["longer"]
    assert judged.difference is not None
    assert longer["difference"] == round(100 * judged.difference, 3)
    assert longer["verdict"] == judged.word
    assert longer["seeds"] == 2
    assert longer["parameters"] == plain["parameters"]
