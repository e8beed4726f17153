"""What a run's files say is of the kind that every command takes it for, whoever has sealed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.small import experiment
from thumblab.core.errors import RunError
from thumblab.core.value import to_dict
from thumblab.evaluation import evaluate
from thumblab.evaluation.overfitting import overfit
from thumblab.losses import CrossEntropy, Loss, MeanSquared
from thumblab.report.curves import curves
from thumblab.runs import Run, records
from thumblab.runs.records import both_losses
from thumblab.storage import sealed

LINE = {"epoch": 1, "step": 4, "learning_rate": 0.1, "train_loss": 2.0, "train_accuracy": 0.5}
LINE |= {"validation_loss": None, "validation_accuracy": None}


def changed(run: Run, name: str, entry: str, value: object) -> Run:
    """The run with an entry of a file changed, and the file sealed again; ``...`` takes it out."""
    path = run.folder / name
    values = sealed.lines(path) if name.endswith("l") else [sealed.read(path)]
    for each in values:
        each[entry] = value
        if value is ...:
            del each[entry]
    path.write_bytes(sealed.text(values))
    return Run(run.folder)


@pytest.mark.parametrize(
    ("name", "entry", "value", "reason"),
    [
        ("metrics.jsonl", "validation_loss", ..., "its validation_loss is missing"),
        ("metrics.jsonl", "train_accuracy", ..., "line 1 of .*its train_accuracy is missing"),
        ("metrics.jsonl", "validation_loss", "low", "is 'low' instead of a finite number"),
        ("metrics.jsonl", "rate", [0.1], "its learning_rate is .0.1. instead of a finite number"),
        ("metrics.jsonl", "step", True, "its step is True instead of a whole number"),
        ("metrics.jsonl", "epoch", 7, "epochs are missing"),
        ("result.json", "epochs", [], "its epochs is .. instead of a whole number"),
        ("result.json", "epochs", 10**30, "epochs are missing"),
        ("result.json", "flops", "many", "its flops is 'many' instead of a whole number"),
        ("result.json", "validation_accuracy", [[]], "its validation_accuracy is"),
        ("result.json", "test_fingerprint", ["a"], "its test_fingerprint is"),
        ("result.json", "accuracy_interval", [0.1], "its accuracy_interval is"),
        ("result.json", "train_seconds", ..., "its train_seconds is missing"),
        ("result.json", "tta", "flips", "its tta is 'flips' instead of an object"),
        ("environment.json", "blas", [{"architecture": ["a"]}], "its blas is"),
        ("environment.json", "packages", {"numpy": []}, "its packages is"),
        ("environment.json", "machine", [], "its machine is .. instead of an object"),
        ("environment.json", "command", "train", "its command is"),
        ("evaluations.jsonl", "data", ..., "its data is missing"),
        ("evaluations.jsonl", "id", ["a"], "its id is"),
        ("evaluations.jsonl", "accuracy", [[]], "its accuracy is"),
    ],
)
def test_an_entry_of_another_kind_is_told(
    run: Run, name: str, entry: str, value: object, reason: str
) -> None:
    evaluate(run)
    damaged = changed(run, name, entry, value)
    with pytest.raises(RunError, match=reason):
        _ = damaged.result, damaged.metrics, damaged.environment, damaged.evaluations


@pytest.mark.parametrize("content", ["nonsense\n", '{"data": "own"}\n', "[1]\n"])
def test_a_test_set_is_not_looked_at_if_the_look_cannot_be_counted(run: Run, content: str) -> None:
    path: Path = run.folder / "evaluations.jsonl"
    path.write_text(content)
    with pytest.raises(RunError, match=r"evaluations\.jsonl is damaged"):
        evaluate(run)
    assert path.read_text() == content


def test_numbers_of_the_first_versions_may_be_infinite() -> None:
    line: dict[str, Any] = LINE | {"train_loss": float("nan")}
    records.check("here", line, records.EPOCH, records.EPOCH_MAY, finite=False)
    with pytest.raises(
        RunError, match=r"here is damaged .its train_loss is nan instead of a finite"
    ):
        records.check("here", line, records.EPOCH, records.EPOCH_MAY)


OLD = {"epoch": 1, "train_loss": 2.0, "validation_loss": 1.5, "validation_accuracy": 0.5}
NEW = OLD | {"train_cross_entropy": 1.9, "validation_cross_entropy": 1.4}


def unused() -> Loss:
    raise AssertionError


def test_new_lines_stay_as_they_are() -> None:
    assert both_losses([NEW], unused) == [NEW]
    assert both_losses([{"epoch": 1}], unused) == [{"epoch": 1}]


def test_plain_cross_entropy_was_one_kind() -> None:
    (line,) = both_losses([OLD], CrossEntropy)
    assert line == OLD | {"train_cross_entropy": 2.0, "validation_cross_entropy": 1.5}


def test_other_losses_were_two_kinds() -> None:
    (line,) = both_losses([OLD], MeanSquared)
    assert (line["train_loss"], line["train_cross_entropy"]) == (2.0, None)
    assert (line["validation_loss"], line["validation_cross_entropy"]) == (None, 1.5)


def test_an_old_run_still_opens_and_draws_but_has_no_gap_of_two_kinds(run: Run) -> None:
    path = run.folder / "experiment.json"
    about = sealed.read(path) | {"schema": 1}
    about["experiment"] = to_dict(experiment(loss=CrossEntropy(0.3)))
    path.write_text(json.dumps(about))
    names = ("train_cross_entropy", "validation_cross_entropy")
    lines = [{k: v for k, v in line.items() if k not in names} for line in run.metrics]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (run.folder / "metrics.jsonl").write_text(text)
    old = Run.open(run.folder)
    found, drawn = overfit(old), curves(old)
    assert found is not None
    assert found.loss_gap is None
    assert found.rise == lines[-1]["validation_loss"] - min(x["validation_loss"] for x in lines)
    assert drawn.two_kinds
    assert drawn.columns["validation_cross_entropy"] == [x["validation_loss"] for x in lines]
    assert drawn.columns["train_loss"] == [x["train_loss"] for x in lines]
