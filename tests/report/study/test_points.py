import pytest

from thumblab.report.study.points import places, points, span


@pytest.mark.parametrize(
    ("half", "wanted"), [(0.05, 1), (0.005, 2), (0.0005, 3), (0.00001, 3), (0.0, 3), (0.5, 1)]
)
def test_half_a_width_has_two_figures(half, wanted):
    assert places((-half, half)) == wanted


def test_signs_are_told_but_not_of_nothing():
    assert [points(each) for each in (0.01, -0.01, 0.0, -0.00001)] == [
        "+1.00",
        "-1.00",
        "0.00",
        "0.00",
    ]
    assert span((-0.01, 0.03)) == "-1.0 to +3.0"
