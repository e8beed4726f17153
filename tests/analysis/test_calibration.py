from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import Case, random_case
from thumblab.analysis import expected_calibration_error, probabilities, reliability


def gaps(bins: int, logits: Array, labels: Array) -> float:
    """The calibration error by a loop over the bins."""
    confidences = probabilities(logits).max(1)
    hits = logits.argmax(1) == labels
    error = 0.0
    edges = np.linspace(0, 1, bins + 1)
    for index, (low, high) in enumerate(pairwise(edges)):
        inside = (confidences > low if index else confidences >= 0) & (
            confidences <= high if index < bins - 1 else confidences <= 2
        )
        if inside.any():
            gap = abs(confidences[inside].mean() - hits[inside].mean())
            error += gap * inside.mean()
    return float(error)


def filled(logits: Array, labels: Array) -> Array:
    """Confidence and accuracy in the bins that hold a sample."""
    found = reliability(logits, labels, bins=10)
    return np.stack([found.accuracy, found.confidence])[:, found.count > 0]


COMPARISONS = [
    *(
        Comparison(
            "expected_calibration_error",
            lambda logits, labels, bins=bins: expected_calibration_error(logits, labels, bins=bins),
            lambda logits, labels, bins=bins: gaps(bins, logits, labels),
        )
        for bins in (1, 2, 15, 100)
    ),
    Comparison(
        "reliability",
        filled,
        lambda logits, labels: calibration_curve(
            logits.argmax(1) == labels, probabilities(logits).max(1), n_bins=10
        ),
        (random_case(0, 400, 5), random_case(1, 30, 3)),
    ),
]


@pytest.mark.parametrize("bins", [1, 2, 15, 100])
def test_every_sample_is_in_one_bin(case: Case, bins: int) -> None:
    found = reliability(*case, bins=bins)
    assert found.count.sum() == len(case[1])
    assert np.isnan(found.accuracy[found.count == 0]).all()


def test_an_honest_network_has_no_error() -> None:
    logits = np.log(np.tile([0.75, 0.25], (4, 1)))
    assert expected_calibration_error(logits, np.array([0, 0, 0, 1])) == pytest.approx(0)


def test_a_boastful_network_has_all_of_it() -> None:
    logits = np.tile([1000.0, 0.0], (4, 1))
    assert expected_calibration_error(logits, np.ones(4, int)) == pytest.approx(1)


def test_no_bin_is_told() -> None:
    with pytest.raises(ValueError, match=r"^bins is 0; give at least 1$"):
        reliability(np.zeros((1, 2)), np.array([0]), bins=0)
