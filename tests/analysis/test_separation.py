from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import CASES, Case
from thumblab.analysis import between_to_within, silhouette


def theirs(features: Array, labels: Array) -> float:
    classes = len(np.unique(labels))
    if classes == 1:
        return 0.0 if np.ptp(features, 0).any() else float("nan")
    return (
        float(calinski_harabasz_score(features, labels)) * (classes - 1) / (len(labels) - classes)
    )


SEPARABLE = [
    case
    for name, case in CASES.items()
    if len(case[1]) > 1 and name not in ("all tie", "one class")
]
COMPARISONS = [
    Comparison("silhouette", silhouette, silhouette_score, tuple(SEPARABLE)),
    Comparison(
        "between_to_within",
        between_to_within,
        theirs,
        (*SEPARABLE, CASES["one class"], (np.arange(6.0)[:, None], np.zeros(6, int))),
    ),
]


@pytest.mark.parametrize("measure", [silhouette, between_to_within])
@pytest.mark.parametrize("case", SEPARABLE)
def test_scale_place_and_names_do_not_matter(measure, case: Case) -> None:  # type: ignore[no-untyped-def]
    features, labels = case
    expected = pytest.approx(measure(features, labels))
    assert measure(3 * features + 7, labels) == expected
    assert measure(features, 10 - labels) == expected
    assert measure(features[::-1], labels[::-1]) == expected
    assert measure(features[:, :, None, None], labels) == expected


def test_classes_further_apart_are_better_separated() -> None:
    noise = np.random.default_rng(0).standard_normal((60, 4))
    labels = np.arange(60) % 3
    found = [noise + gap * np.eye(4)[labels] for gap in (0, 2, 8)]
    for measure in (silhouette, between_to_within):
        values = [measure(features, labels) for features in found]
        assert values == sorted(values)


def test_where_nothing_can_be_said_it_is_nan() -> None:
    points = np.arange(3.0)[:, None]
    assert np.isnan(silhouette(points, np.zeros(3, int)))
    assert np.isnan(silhouette(points, np.arange(3)))
    assert np.isnan(silhouette(points[:1], np.zeros(1, int)))
    assert np.isnan(between_to_within(np.ones((3, 2)), np.arange(3)))
    assert between_to_within(points, np.arange(3)) == np.inf


def test_labels_that_do_not_fit_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"^labels have shape \(2,\); give one for each of 3 sampl"
    ):
        silhouette(np.zeros((3, 1)), np.zeros(2, int))
