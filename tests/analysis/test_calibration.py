from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from tests.analysis.conftest import Case, random_case
from thumblab.analysis import expected_calibration_error, probabilities, reliability


def test_bins_are_scikit_learns() -> None:
    logits, labels = random_case(0, 400, 5)
    hits = logits.argmax(1) == labels
    expected = calibration_curve(hits, probabilities(logits).max(1), n_bins=10)
    found = reliability(logits, labels, bins=10)
    filled = found.count > 0
    np.testing.assert_allclose(found.accuracy[filled], expected[0])
    np.testing.assert_allclose(found.confidence[filled], expected[1])


@pytest.mark.parametrize("bins", [1, 2, 15, 100])
def test_error_is_that_of_a_loop(case: Case, bins: int) -> None:
    logits, labels = case
    confidences = probabilities(logits).max(1)
    hits = logits.argmax(1) == labels
    expected = 0.0
    edges = np.linspace(0, 1, bins + 1)
    for index, (low, high) in enumerate(pairwise(edges)):
        inside = (confidences > low if index else confidences >= 0) & (
            confidences <= high if index < bins - 1 else confidences <= 2
        )
        if inside.any():
            gap = abs(confidences[inside].mean() - hits[inside].mean())
            expected += gap * inside.mean()
    assert expected_calibration_error(logits, labels, bins=bins) == pytest.approx(expected)
    assert reliability(logits, labels, bins=bins).count.sum() == len(labels)


def test_an_honest_network_has_no_error() -> None:
    logits = np.log(np.tile([0.75, 0.25], (4, 1)))
    assert expected_calibration_error(logits, np.array([0, 0, 0, 1])) == pytest.approx(0)


def test_a_boastful_network_has_all_of_it() -> None:
    logits = np.tile([1000.0, 0.0], (4, 1))
    assert expected_calibration_error(logits, np.ones(4, int)) == pytest.approx(1)


def test_no_bin_is_told() -> None:
    with pytest.raises(ValueError, match=r"^bins is 0; give at least 1$"):
        reliability(np.zeros((1, 2)), np.array([0]), bins=0)
