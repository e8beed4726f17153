"""What a page says first: how good the network is, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thumblab.analysis import (
    accuracy,
    accuracy_interval,
    expected_calibration_error,
    top_k_accuracy,
)
from thumblab.report.judged import Judged
from thumblab.report.words import count, duration, number, percent
from thumblab.training import Run
from thumblab.training.files import read_json


@dataclass(frozen=True)
class Fact:
    """A name, a value, and a word about it."""

    name: str
    value: str
    note: str = ""


def results(run: Run, judged: Judged | None) -> list[Fact]:
    """The large numbers at the top: accuracies and losses of the parts that have been measured."""
    facts = []
    told = (run.metrics or [{}])[-1] | (run.result or {})  # the kept epoch's once the run is over
    if told.get("validation_accuracy") is not None:
        seen = "trained on too" if run.experiment.train_on == "all" else ""
        facts.append(Fact("Validation accuracy", percent(told["validation_accuracy"]), seen))
        facts.append(Fact("Validation loss", number(told["validation_loss"]), "nats"))
    own = [line for line in run.evaluations if line["data"] == "own"]
    if own:
        looks = "once" if len(own) == 1 else f"{len(own)} times"
        note = f"{count(own[-1]['images'])} images, looked at {looks}"
        facts.insert(0, Fact("Test accuracy", percent(own[-1]["accuracy"]), note))
        facts.insert(1, Fact("Test loss", number(own[-1]["loss"]), "nats"))
    if judged and facts:
        low, high = accuracy_interval(judged.guesses, judged.labels)
        interval = f"{percent(0.95, 0)} interval {100 * low:.1f} to {percent(high)}"
        facts[0] = Fact(facts[0].name, facts[0].value, interval)
    return facts


def measures(judged: Judged) -> list[Fact]:
    """Further numbers on the judged images."""
    guesses, labels, logits = judged.guesses, judged.labels, judged.logits
    facts = [Fact("Accuracy", percent(accuracy(guesses, labels)), f"of {count(len(judged))}")]
    for k in (3, 5):
        if k < len(judged.classes):
            share = percent(top_k_accuracy(logits, labels, k=k))
            facts.append(Fact(f"Top-{k} accuracy", share))
    error = percent(expected_calibration_error(logits, labels))
    facts.append(Fact("Calibration error", error, "15 equal bins"))
    return facts


def costs(run: Run) -> list[Fact]:
    """What the run took; empty while it is not over."""
    result = run.result
    if result is None:
        return []
    experiment = run.experiment
    trainable = count(result["trainable_parameters"])
    return [
        Fact("Epochs", f"{result['epochs']} of {experiment.epochs}", f"batch {experiment.batch}"),
        Fact("Training images", count(result["train_images"])),
        Fact("Parameters", count(result["parameters"]), f"{trainable} trained"),
        Fact("Cost of an image", f"{result['flops'] / 1e6:.2f} MFLOP", "forward"),
        Fact("Training time", duration(result["train_seconds"])),
        Fact("Speed", number(result["images_per_second"], 0), "images/s in training"),
        Fact("Seed", str(experiment.seed), f"split seed {experiment.split_seed}"),
    ]


def surroundings(run: Run) -> dict[str, Any]:
    """``environment.json``, or nothing if the run has none."""
    path = run.folder / "environment.json"
    return dict(read_json(path)) if path.exists() else {}
