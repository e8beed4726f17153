from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import overconfident_share, overfitting, valleys

DRAW = np.random.default_rng(0)


def curves(epochs: int) -> tuple[Array, ...]:
    """Training and validation losses and accuracies; whole numbers of a few values tie."""
    losses = DRAW.integers(1, 5, (2, epochs)) / 4
    return losses[0], DRAW.random(epochs), losses[1], DRAW.integers(0, 9, epochs) / 9


def told(*given: Array) -> list[float]:
    found = overfitting(*given)
    return [
        found.turn,
        found.rise,
        found.best_epoch,
        found.best_accuracy,
        found.last_accuracy,
        found.swing,
        found.turned,
        *found.loss_gap,
        *found.accuracy_gap,
    ]


def by_loops(train_losses: Array, train_accuracies: Array, *given: Array) -> list[float]:
    losses, accuracies = (curve.tolist() for curve in given)
    turn = min(range(len(losses)), key=lambda i: (losses[i], i))
    best = min(range(len(losses)), key=lambda i: (-accuracies[i], i))
    half = accuracies[len(accuracies) // 2 :]
    steps = [abs(b - a) for a, b in pairwise(half)]
    return [
        turn + 1,
        losses[-1] - losses[turn],
        best + 1,
        accuracies[best],
        accuracies[-1],
        sum(steps) / len(steps) if steps else 0,
        turn < len(losses) - 1,
        *(losses[i] - train_losses[i] for i in range(len(losses))),
        *(train_accuracies[i] - accuracies[i] for i in range(len(losses))),
    ]


COMPARISONS = [
    Comparison("overfitting", told, by_loops, tuple(curves(n) for n in (1, 2, 3, 30))),
    Comparison(
        "overconfident_share",
        overconfident_share,
        lambda rise, excess: np.clip(np.divide(excess, rise), 0, 1) if rise else np.nan,
        ((2.0, 1.0), (1.0, 3.0), (0.0, 0.5), (0.0, 0.0), (1.0, 0.0)),
    ),
]


def test_falls_are_those_of_the_accuracy() -> None:
    given = curves(30)
    found = overfitting(*given)
    assert found.valleys == valleys(given[3])
    assert found.valleys


def test_a_loss_that_only_falls_has_not_turned() -> None:
    falling = np.linspace(2, 1, 5)
    found = overfitting(falling, falling, falling, falling)
    assert (found.turn, found.turned, found.rise) == (5, False, 0)


def test_curves_that_do_not_fit_are_told() -> None:
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match=r"; give four \(epochs,\), of at least one epoch$"):
        overfitting(one, one, one, two)
    with pytest.raises(
        ValueError, match=r"^curves hold NaN or infinity; leave out epochs that were"
    ):
        overfitting(one, one, one * np.nan, one)


def test_nats_below_0_are_told() -> None:
    with pytest.raises(ValueError, match=r"^rise -1 and excess 1 are nats, at least 0$"):
        overconfident_share(-1, 1)
