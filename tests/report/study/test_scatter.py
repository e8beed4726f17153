import re
from itertools import pairwise

from thumblab.report.study.scatter import Point, scatter


def places(drawing):
    return [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawing)]


def test_what_costs_more_is_farther_right_and_what_is_better_higher():
    drawing = scatter(
        [
            Point("a", 10, 80, 1, False),
            Point("b", 1000, 90, 0, True),
            Point("<c>", 100, 85, 0, False),
        ],
        "MFLOP",
        "accuracy",
    )
    a, b, c = places(drawing)
    assert a[0] < c[0] < b[0]
    assert a[1] > c[1] > b[1]
    assert abs((b[0] - c[0]) - (c[0] - a[0])) < 0.2  # logarithmic
    assert drawing.count('class="filled"') == 1
    assert "&lt;c&gt;" in drawing


def test_names_keep_apart():
    points = [Point(f"arm {k}", 1.0 + k / 100, 80.0, 0.0, False) for k in range(17)]
    drawing = scatter(points, "seconds", "accuracy")
    names = [float(y) for y in re.findall(r'<text x="\d+" y="([\d.]+)">arm', drawing)]
    ordered = sorted(names)
    assert all(b - a >= 12.9 for a, b in pairwise(ordered))
    height = float(re.search(r'viewBox="0 0 \d+ (\d+)"', drawing)[1])
    assert 0 < ordered[0] < ordered[-1] < height
