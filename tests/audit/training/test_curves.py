from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.audit.made import Case, Shelf, alone, arms, change_metrics, change_predictions, digits
from thumblab.audit import Subject, rule_named
from thumblab.data import Flip
from thumblab.runs import Run

R1 = (0.7316, 0.7305, 0.7303, 0.7301, 0.7309, 0.7308, 0.7315, 0.1875, 0.3625, 0.4332, 0.4760, 0.4996,
      0.5182, 0.5357, 0.5460)  # fmt: skip
"""Report R1, experiment 4 ("6-layer model 2"): accuracy on test images, epochs 286 to 300."""


def lines(accuracies: Sequence[float], **other: Sequence[float]) -> list[dict[str, Any]]:
    """Epochs with that validation accuracy, and training a little ahead unless it is given."""
    count = len(accuracies)
    columns = {
        "train_loss": [1.0] * count,
        "train_accuracy": [a + 0.01 for a in accuracies],
        "validation_loss": [2 - a for a in accuracies],
    } | other
    each = [{name: float(column[i]) for name, column in columns.items()} for i in range(count)]
    return [
        {"epoch": i + 1, "step": 10 * (i + 1), "learning_rate": 0.1, "validation_accuracy": a}
        | values
        | {"train_cross_entropy": values["train_loss"]}
        | {"validation_cross_entropy": values["validation_loss"]}
        for i, (a, values) in enumerate(zip(accuracies, each, strict=True))
    ]


def with_curve(shelf: Shelf, run: Run, accuracies: Sequence[float], **other: Any) -> Run:
    return change_metrics(shelf.copy(run), lines(accuracies, **other))


def collapses_at_last(shelf: Shelf) -> Subject:
    """As 300 epochs: flat at 73 %, and the fall of the published curve within the last tenth."""
    return alone(with_curve(shelf, shelf.trained(), [*([0.73] * 285), *R1]))


def recovers_early(shelf: Shelf) -> Subject:
    return alone(with_curve(shelf, shelf.trained(), [0.5, 0.7, 0.4, *([0.73] * 27)]))


def swings(shelf: Shelf) -> Subject:
    curve = [0.80, 0.85] * 10
    return arms({"plain": [with_curve(shelf, shelf.trained(), curve)],
                 "small": [with_curve(shelf, shelf.trained(batch=16), curve)]})  # fmt: skip


def stands_still(shelf: Shelf) -> Subject:
    curve = [0.8] * 20
    return arms({"plain": [with_curve(shelf, shelf.trained(), curve)],
                 "small": [with_curve(shelf, shelf.trained(batch=16), curve)]})  # fmt: skip


def still_rises(shelf: Shelf) -> Subject:
    curve = [0.04 * i for i in range(20)]
    return arms({"plain": [with_curve(shelf, shelf.trained(), curve)],
                 "small": [with_curve(shelf, shelf.trained(batch=16), curve)]})  # fmt: skip


def learns_by_heart(shelf: Shelf) -> Subject:
    flat, rising = (
        [0.7] * 12,
        [1.0 - 0.05 * i for i in range(6)] + [0.75 + 0.1 * i for i in range(6)],
    )
    ahead = [0.99] * 12
    return alone(
        with_curve(shelf, shelf.trained(), flat, train_accuracy=ahead, validation_loss=rising)
    )


def behind(shelf: Shelf) -> Subject:
    return alone(with_curve(shelf, shelf.trained(), [0.8] * 12, train_accuracy=[0.7] * 12))


def behind_with_augmentation(shelf: Shelf) -> Subject:
    run = shelf.trained(augment=(Flip(),))
    return alone(with_curve(shelf, run, [0.8] * 12, train_accuracy=[0.7] * 12))


CASES = [
    Case("T03", collapses_at_last, recovers_early),
    Case("T03", swings, stands_still),
    Case("T04", still_rises, stands_still),
    Case("T05", learns_by_heart, stands_still),
    Case("T07", behind, behind_with_augmentation),
]


def test_the_collapse_of_report_r1_is_told_with_its_epoch(shelf: Shelf) -> None:
    (found,) = rule_named("T03").findings(collapses_at_last(shelf))
    ((epoch, depth),) = found.evidence["falls"]
    assert epoch == 293
    assert depth == pytest.approx(0.7316 - 0.1875)


def test_a_short_run_has_no_last_tenth(shelf: Shelf) -> None:
    run = with_curve(shelf, shelf.trained(), [0.5, 0.7, 0.8, 0.2])
    assert not list(rule_named("T03").findings(alone(run)))


def test_a_fast_learner_is_ahead_of_its_own_mean(shelf: Shelf) -> None:
    run = with_curve(shelf, shelf.trained(), [0.6, 0.8], train_accuracy=[0.3, 0.7])
    assert not list(rule_named("T07").findings(alone(run)))


def test_curves_are_those_that_are_written(shelf: Shelf) -> None:
    run = with_curve(shelf, shelf.trained(), R1)
    assert run.history["validation_accuracy"] == list(R1)
    assert len(digits().train) == 600
    assert change_predictions(run).status == "done"
