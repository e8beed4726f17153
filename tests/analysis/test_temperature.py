from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import CASES, random_case
from thumblab.analysis import coarse_temperature, overconfidence, temperature
from thumblab.analysis.temperature import COLDEST, HOTTEST

SEARCH = np.exp(np.linspace(np.log(COLDEST), np.log(HOTTEST), 300))


def loss_at(t: float, logits: Array, labels: Array) -> float:
    return float(-np.take_along_axis(log_softmax(logits / t, axis=1), labels[:, None], 1).mean())


def coarse_loss_at(t: float, logits: Array, labels: Array) -> float:
    groups, logs = groups_of(logits.shape[1]), log_softmax(logits / t, axis=1)
    sums = np.stack([logsumexp(logs[:, groups == g], 1) for g in range(groups.max() + 1)], 1)
    return float(-np.take_along_axis(sums, groups[labels][:, None], 1).mean())


def coarse_fit(logits: Array, labels: Array) -> float:
    return coarse_temperature(logits, labels, groups_of(logits.shape[1]))


def excess(logits: Array, labels: Array) -> float:
    losses = [loss_at(t, logits, labels) for t in SEARCH]
    at_one = loss_at(1, logits, labels)
    return at_one - min(losses) if SEARCH[int(np.argmin(losses))] > 1 else 0.0


SMALL = tuple((logits[:60], labels[:60]) for logits, labels in CASES.values())
COMPARISONS = [
    Comparison(
        "temperature",
        lambda logits, labels: loss_at(temperature(logits, labels), logits, labels),
        lambda logits, labels: min(loss_at(t, logits, labels) for t in SEARCH),
        SMALL,
        atol=1e-4,
    ),
    Comparison(
        "coarse_temperature",
        lambda logits, labels: coarse_loss_at(coarse_fit(logits, labels), logits, labels),
        lambda logits, labels: min(coarse_loss_at(t, logits, labels) for t in SEARCH),
        SMALL,
        atol=1e-4,
    ),
    Comparison(
        "overconfidence",
        lambda logits, labels: overconfidence(3 * logits, labels),
        lambda logits, labels: excess(3 * logits, labels),
        SMALL,
        atol=1e-4,
    ),
]


class Told(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose inputs are its logits."""

    def fit(self, x: Array, y: Array) -> Any:
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, x: Array) -> Array:
        return x

    def predict(self, x: Array) -> Array:
        return x.argmax(1)


def test_the_temperature_is_scikit_learns() -> None:
    logits, labels = random_case(0, 400, 5)
    model = FrozenEstimator(Told().fit(logits, labels))
    calibrated = CalibratedClassifierCV(model, method="temperature").fit(3 * logits, labels)
    best = temperature(3 * logits, labels)
    np.testing.assert_allclose(
        calibrated.predict_proba(3 * logits), softmax(3 * logits / best, axis=1), atol=1e-4
    )


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 5.0])
def test_scaling_the_logits_scales_the_temperature(scale: float) -> None:
    logits, labels = random_case(1, 2000, 4)
    assert temperature(scale * logits, labels) == pytest.approx(
        scale * temperature(logits, labels), rel=1e-4
    )
    assert coarse_fit(scale * logits, labels) == pytest.approx(
        scale * coarse_fit(logits, labels), rel=1e-4
    )


def test_where_all_temperatures_do_alike_it_is_1() -> None:
    assert temperature(*CASES["all tie"]) == 1
    assert temperature(*CASES["one class"]) == 1
    assert coarse_temperature(np.eye(3), np.arange(3), np.zeros(3, int)) == 1


def test_a_fit_that_runs_away_ends_at_a_bound() -> None:
    logits = np.eye(3)
    assert temperature(logits, np.arange(3)) == pytest.approx(COLDEST, rel=0.01)
    assert temperature(100 * logits, np.arange(3)[::-1]) == pytest.approx(HOTTEST, rel=0.01)


def test_groups_of_one_class_each_leave_the_temperature() -> None:
    logits, labels = random_case(2, 300, 5)
    assert coarse_temperature(logits, labels, np.arange(5)) == pytest.approx(
        temperature(logits, labels), rel=1e-4
    )


def test_a_network_that_is_not_sure_enough_is_not_over_confident() -> None:
    logits, labels = random_case(3, 300, 5)
    assert overconfidence(0.1 * logits, labels) == 0
    assert overconfidence(5 * logits, labels) > 0.1


def test_groups_that_do_not_fit_are_told() -> None:
    with pytest.raises(
        ValueError,
        match=r"^groups have shape \(2,\) but logits \(1, 3\); give a group for each of 3 classes$",
    ):
        coarse_temperature(np.zeros((1, 3)), np.array([0]), np.array([0, 1]))
