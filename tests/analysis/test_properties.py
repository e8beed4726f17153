"""Every metric says which properties it has, and has them; tests/contract sees that none is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.conftest import random_case
from thumblab import analysis

Array = NDArray[Any]

CLASSES = 6


@dataclass(frozen=True)
class Metric:
    """A function of logits and labels, and what leaves its result as it is.

    ``renaming``: giving the classes other indices (results with an entry a class are renamed back),
    while what else speaks of classes, such as groups, stays as it is.
    ``order``: another order of the samples (results with an entry a sample likewise).
    ``monotone``: a strictly increasing transform of the logits.
    ``shift``: adding a constant to the logits of a sample.
    ``symmetric``: exchanging guesses and labels.
    """

    call: Callable[[Array, Array], Any]
    renaming: bool
    order: bool
    monotone: bool
    shift: bool
    symmetric: bool
    axes: tuple[str, ...] = ()


def guessing(call: Callable[[Array, Array], Any]) -> Callable[[Array, Array], Any]:
    return lambda logits, labels: call(logits.argmax(1), labels)


def scores(logits: Array, labels: Array) -> Array:
    found = analysis.class_scores(logits.argmax(1), labels, CLASSES)
    return np.stack([found.precision, found.recall, found.f1, found.support], 1)


def pairs(guesses: Array, labels: Array) -> Array:
    """The most confused, as a symmetric matrix of totals."""
    totals = np.zeros((CLASSES, CLASSES))
    for pair in analysis.most_confused(guesses, labels):
        totals[pair.first, pair.second] = totals[pair.second, pair.first] = pair.total
    return totals


def macro(guesses: Array, labels: Array) -> Array:
    found = analysis.averages(guesses, labels, "macro")
    return np.array([found.precision, found.recall, found.f1])


def matrix(guesses: Array, labels: Array) -> Array:
    return analysis.confusion(guesses, labels, CLASSES)


def shares(guesses: Array, labels: Array) -> Array:
    return analysis.row_normalized(matrix(guesses, labels))


def together(guesses: Array, labels: Array) -> Array:
    """Which classes stand side by side."""
    order = analysis.confusion_order(matrix(guesses, labels))
    neighbors = np.zeros((CLASSES, CLASSES))
    neighbors[order[:-1], order[1:]] = neighbors[order[1:], order[:-1]] = 1
    return neighbors


def bins(logits: Array, labels: Array) -> Array:
    found = analysis.reliability(logits, labels)
    return np.stack([found.confidence, found.accuracy, found.count])


def top_2(logits: Array, labels: Array) -> float:
    return analysis.top_k_accuracy(logits, labels, k=2)


GROUPS = np.arange(CLASSES) // 2
COUNTS = np.arange(CLASSES)[::-1] * 10


def distances(guesses: Array, labels: Array) -> Array:
    return analysis.hierarchical_distances(guesses, labels, GROUPS)


def distance_of_2(logits: Array, labels: Array) -> float:
    return analysis.hierarchical_distance(logits, labels, GROUPS, k=2)


def inside(guesses: Array, labels: Array) -> float:
    return analysis.errors_inside_groups(guesses, labels, GROUPS)


def coarse_temperature(logits: Array, labels: Array) -> float:
    return round(analysis.coarse_temperature(logits, labels, GROUPS), 4)


def rarity(guesses: Array, labels: Array) -> Array:
    found = analysis.rare_and_common(guesses, labels, COUNTS, share=0.5)
    return np.array([found.accuracy, found.macro_f1, found.rare_recall, found.common_recall])


def badness(logits: Array, labels: Array) -> Array:
    """The place of each sample among the worst."""
    return np.argsort(analysis.worst_losses(logits, labels))


def recalls(guesses: Array, labels: Array) -> Array:
    return analysis.recall_contributions(guesses, labels, np.array([0, 1]))


def macro_interval(guesses: Array, labels: Array) -> tuple[float, float]:
    """Drawn class by class: another numbering of the classes draws others."""
    return analysis.macro_f1_interval(guesses, labels, resamples=50)


TWO = ("class", "class")
METRICS = {
    "accuracy": Metric(guessing(analysis.accuracy), True, True, True, True, True),
    "accuracy_interval": Metric(guessing(analysis.accuracy_interval), True, True, True, True, True),
    "accuracy_contributions": Metric(
        guessing(analysis.accuracy_contributions), True, True, True, True, True, axes=("sample",)
    ),
    "recall_contributions": Metric(
        guessing(recalls), False, True, True, True, False, axes=("sample",)
    ),
    "macro_f1_contributions": Metric(
        guessing(analysis.macro_f1_contributions), True, True, True, True, True, axes=("sample",)
    ),
    "macro_f1_interval": Metric(guessing(macro_interval), False, True, True, True, False),
    "top_k_accuracy": Metric(top_2, True, True, True, True, False),
    "confusion": Metric(guessing(matrix), True, True, True, True, False, TWO),
    "row_normalized": Metric(guessing(shares), True, True, True, True, False, TWO),
    "most_confused": Metric(guessing(pairs), True, True, True, True, True, TWO),
    "class_scores": Metric(scores, True, True, True, True, False, ("class", "score")),
    "averages": Metric(guessing(macro), True, True, True, True, False),
    "confusion_order": Metric(guessing(together), True, True, True, True, False, TWO),
    "reliability": Metric(bins, True, True, False, True, False),
    "expected_calibration_error": Metric(
        analysis.expected_calibration_error, True, True, False, True, False
    ),
    "probabilities": Metric(
        lambda logits, labels: analysis.probabilities(logits),
        *(True, True, False, True, False),
        axes=("sample", "class"),
    ),
    "cross_entropies": Metric(
        analysis.cross_entropies, True, True, False, True, False, axes=("sample",)
    ),
    "negative_log_likelihood": Metric(
        analysis.negative_log_likelihood, True, True, False, True, False
    ),
    "brier_score": Metric(analysis.brier_score, True, True, False, True, False),
    "temperature": Metric(
        lambda logits, labels: round(analysis.temperature(logits, labels), 4),
        *(True, True, False, True, False),
    ),
    "overconfidence": Metric(
        lambda logits, labels: round(analysis.overconfidence(4 * logits, labels), 6),
        *(True, True, False, True, False),
    ),
    "coarse_temperature": Metric(coarse_temperature, False, True, False, True, False),
    "hierarchical_distances": Metric(
        guessing(distances), False, True, True, True, True, axes=("sample",)
    ),
    "hierarchical_distance": Metric(distance_of_2, False, True, True, True, False),
    "errors_inside_groups": Metric(guessing(inside), False, True, True, True, True),
    "rare_and_common": Metric(guessing(rarity), False, True, True, True, False),
    "worst_losses": Metric(badness, True, True, False, True, False, axes=("sample",)),
}

each = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())


@pytest.fixture
def logits() -> Array:
    return random_case(0, 200, CLASSES)[0]


@pytest.fixture
def labels() -> Array:
    return random_case(0, 200, CLASSES)[1]


def same(found: Any, expected: Any) -> bool:
    return np.allclose(np.asarray(found), np.asarray(expected), rtol=1e-9, equal_nan=True)


def moved(result: Any, metric: Metric, axis: str, move: Array) -> Any:
    """``result`` with the entries of each axis of that kind in another order."""
    array = np.asarray(result)
    for place, kind in enumerate(metric.axes):
        if kind == axis:
            array = np.take(array, move, place)
    return array


@each
def test_renaming_the_classes(metric: Metric, logits: Array, labels: Array) -> None:
    names = np.random.default_rng(1).permutation(CLASSES)
    result = metric.call(logits[:, np.argsort(names)], names[labels])
    back = moved(result, metric, "class", names)
    assert same(back, metric.call(logits, labels)) == metric.renaming


@each
def test_another_order_of_the_samples(metric: Metric, logits: Array, labels: Array) -> None:
    rows = np.random.default_rng(2).permutation(len(labels))
    result = metric.call(logits[rows], labels[rows])
    back = moved(result, metric, "sample", np.argsort(rows))
    assert same(back, metric.call(logits, labels)) == metric.order


@each
def test_a_monotone_transform(metric: Metric, logits: Array, labels: Array) -> None:
    assert same(metric.call(logits**3, labels), metric.call(logits, labels)) == metric.monotone


@each
def test_a_constant_for_each_sample(metric: Metric, logits: Array, labels: Array) -> None:
    shifted = logits + np.random.default_rng(3).standard_normal((len(logits), 1))
    assert same(metric.call(shifted, labels), metric.call(logits, labels)) == metric.shift


@each
def test_exchanging_guesses_and_labels(metric: Metric, logits: Array, labels: Array) -> None:
    exchanged = logits - 100 * np.eye(CLASSES)[logits.argmax(1)]
    exchanged[np.arange(len(labels)), labels] = 100
    result = metric.call(exchanged, logits.argmax(1))
    assert same(result, metric.call(logits, labels)) == metric.symmetric
