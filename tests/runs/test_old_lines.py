from __future__ import annotations

import json

from tests.training.small import experiment
from thumblab.core.value import to_dict
from thumblab.evaluation.overfitting import overfit
from thumblab.losses import CrossEntropy, Loss, MeanSquared
from thumblab.report.curves import curves
from thumblab.runs import Run
from thumblab.runs.old_lines import both_losses
from thumblab.storage import sealed

OLD = {"epoch": 1, "train_loss": 2.0, "validation_loss": 1.5, "validation_accuracy": 0.5}
NEW = OLD | {"train_cross_entropy": 1.9, "validation_cross_entropy": 1.4}


def nobody() -> Loss:
    raise AssertionError


def test_new_lines_stay_as_they_are() -> None:
    assert both_losses([NEW], nobody) == [NEW]
    assert both_losses([{"epoch": 1}], nobody) == [{"epoch": 1}]


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
