from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report import grouped
from thumblab.analysis import overconfidence, temperature
from thumblab.evaluation.overfitting import overfit
from thumblab.runs import Run
from thumblab.storage import sealed


def rewrite(run: Run, **changes: Any) -> Run:
    """The run with other validation losses, and other words in its result."""
    lines = run.metrics
    for line, loss in zip(lines, changes.pop("losses"), strict=True):
        line["validation_cross_entropy"] = loss
    (run.folder / "metrics.jsonl").write_bytes(sealed.text(lines))
    result = run.folder / "result.json"
    sealed.write(result, sealed.read(result) | changes)
    return Run.open(run.folder)


def test_numbers_are_those_of_the_curves_and_of_the_logits(pair: tuple[Run, Run]) -> None:
    run = rewrite(pair[0], losses=(1.0, 3.0))
    found, lines, stored = overfit(run), run.metrics, run.predictions
    assert found is not None
    logits, labels = stored["validation_logits"], stored["validation_labels"]
    assert (found.epochs, found.turn, found.rise) == (2, 1, 2.0)
    assert found.loss_gap == 3.0 - lines[-1]["train_cross_entropy"]
    assert found.last_accuracy == lines[-1]["validation_accuracy"]
    assert found.temperature == temperature(logits, labels)
    assert found.overconfident == min(overconfidence(logits, labels) / 2, 1)


def test_losses_of_two_kinds_have_no_gap(
    pair: tuple[Run, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line | {"train_cross_entropy": None} for line in pair[0].metrics]
    monkeypatch.setattr(Run, "metrics", lines)
    found = overfit(pair[0])
    assert found is not None
    assert found.loss_gap is None


def test_a_loss_that_did_not_rise_needs_no_explanation(pair: tuple[Run, Run]) -> None:
    found = overfit(rewrite(pair[0], losses=(3.0, 1.0)))
    assert found is not None
    assert (found.rise, found.overconfident) == (0, None)


def test_other_weights_than_the_last_explain_nothing(pair: tuple[Run, Run]) -> None:
    found = overfit(rewrite(pair[0], losses=(1.0, 3.0), weights_epoch=1))
    assert found is not None
    assert found.overconfident is None


def test_without_validation_images_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert overfit(grouped.trained(tmp_path, validation=0.0, epochs=1)) is None


@pytest.mark.parametrize("epoch", [1, 2])
def test_the_best_epoch_is_told(pair: tuple[Run, Run], epoch: int) -> None:
    lines = pair[0].metrics
    lines[epoch - 1]["validation_accuracy"] = 0.9
    (pair[0].folder / "metrics.jsonl").write_bytes(sealed.text(lines))
    found = overfit(pair[0])
    assert found is not None
    assert (found.best_epoch, found.best_accuracy) == (epoch, 0.9)
