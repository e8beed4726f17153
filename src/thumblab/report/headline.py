"""What a page says first: how good the network is, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thumblab.analysis import accuracy, accuracy_interval, top_k_accuracy
from thumblab.core.text import SPACE, count, duration, number, percent
from thumblab.core.value import from_dict
from thumblab.evaluation.cost import Cost
from thumblab.evaluation.overfitting import Overfit
from thumblab.evaluation.scored import Scored
from thumblab.runs import Run, ledger

CROSS_ENTROPY = "cross-entropy, nats"


@dataclass(frozen=True)
class Fact:
    """A name, a value, and a word about it."""

    name: str
    value: str
    note: str = ""


def results(run: Run, scored: Scored | None) -> list[Fact]:
    """The large numbers at the top: accuracies and losses of the parts that have been measured."""
    facts = []
    result = run.result or {}
    values = (run.metrics or [{}])[-1] | result  # the kept epoch's once the run is over
    if values.get("validation_accuracy") is not None:
        seen = _beside_guessing(result) if result else ""
        if run.experiment.train_on == "all":
            seen = f"trained on too; {seen}" if "guessing" in seen else "trained on too"
        facts.append(Fact("Validation accuracy", percent(values["validation_accuracy"]), seen))
        facts.append(Fact("Validation loss", number(_cross_entropy(values, result)), CROSS_ENTROPY))
    own = [line for line in run.evaluations if line["data"] == "own"]
    if own:
        times = ledger.count(run)
        often = "one evaluation" if times == 1 else f"{count(times)} evaluations"
        note = (
            f"{count(own[-1]['images'])} images; {often} of this test set by all runs in its folder"
        )
        facts.insert(0, Fact("Test accuracy", percent(own[-1]["accuracy"]), note))
        facts.insert(1, Fact("Test loss", number(own[-1]["loss"]), CROSS_ENTROPY))
    if own and "tta_accuracy" in own[-1]:
        named = from_dict(own[-1]["tta"], run.modules)
        share = percent(own[-1]["tta_accuracy"])
        facts.insert(2, Fact("Test accuracy with TTA", share, f"mean logits of {named}"))
    if scored and facts:
        low, high = accuracy_interval(scored.guesses, scored.labels)
        interval = f"{percent(0.95, 0)} interval {100 * low:.1f} to {percent(high)}"
        word = (run.result or {}).get("versus_chance")
        if scored.which == "test" or word in (None, "better than guessing"):
            facts[0] = Fact(facts[0].name, facts[0].value, interval)
        if scored.which == "test":
            facts[1] = Fact(facts[1].name, facts[1].value, f"{CROSS_ENTROPY}; {note}")
    return facts


def _beside_guessing(result: dict[str, Any]) -> str:
    """How sure the validation accuracy is, and whether it is more than guessing's."""
    if "accuracy_interval" not in result or result.get("scored_images") != "validation":
        return ""
    low, high = result["accuracy_interval"]
    note = (
        f"of {count(result['validation_images'])}, {percent(0.95, 0)} interval {100 * low:.1f} to "
    )
    note += percent(high)
    word = result["versus_chance"]
    better = word == "better than guessing"
    return note if better else f"{note}; {word} ({percent(result['chance_accuracy'])})"


def _cross_entropy(values: dict[str, Any], result: dict[str, Any]) -> float:
    """Of the validation images; results of earlier versions call it the validation loss."""
    old = "validation_loss" in result and "validation_cross_entropy" not in result
    return float(values["validation_loss" if old else "validation_cross_entropy"])


def measures(scored: Scored) -> list[Fact]:
    """Further numbers on the scored images."""
    guesses, labels, logits = scored.guesses, scored.labels, scored.logits
    facts = [Fact("Accuracy", percent(accuracy(guesses, labels)), f"of {count(len(scored))}")]
    for k in (3, 5):
        if k < len(scored.classes):
            share = percent(top_k_accuracy(logits, labels, k=k))
            facts.append(Fact(f"Top-{k} accuracy", share))
    return facts


def made(run: Run) -> list[Fact]:
    """What the run is, in a few numbers; empty while it is not over."""
    result, experiment = run.result, run.experiment
    if result is None:
        return []
    return [
        Fact("Epochs", f"{result['epochs']} of {experiment.epochs}", f"batch {experiment.batch}"),
        Fact("Training images", count(result["train_images"])),
        Fact("Parameters", count(result["parameters"])),
        Fact("Training time", duration(result["train_seconds"])),
        Fact("Seed", str(experiment.seed), f"split seed {experiment.split_seed}"),
    ]


def costs(run: Run, asked: Cost | None) -> list[Fact]:
    """What the network costs to train, to keep and to ask; empty while the run is not over."""
    result = run.result
    if result is None:
        return []
    trainable = count(result["trainable_parameters"])
    facts = [
        Fact("Training", duration(result["train_seconds"]), "of training steps"),
        Fact("Training speed", number(result["images_per_second"], 0), "images/s"),
        Fact("Parameters", count(result["parameters"]), f"{trainable} trained"),
        Fact("One image, forward", f"{result['flops'] / 1e6:.2f} MFLOP", "a multiply-add is 2"),
    ]
    if asked is None:
        return facts
    return [
        *facts,
        Fact("Weights", f"{asked.weights_megabytes:.2f} MB"),
        Fact("Activations", f"{asked.activations_kilobytes:,.0f} kB", "an image, all layers"),
        Fact("Asked one image", f"{asked.alone_milliseconds:.2f} ms", "warm, median of 7"),
        Fact("Asked 128 at once", f"{asked.batch_microseconds:,.0f} µs", "an image, likewise"),
    ]


def apart(found: Overfit) -> list[Fact]:
    """How training and validation came apart, in numbers."""
    gap = "–" if found.loss_gap is None else f"{found.loss_gap:+.3f}"
    kind = f"nats of {found.loss}, validation above training"
    if found.loss_gap is None:
        kind = "training recorded another kind of loss"
    rise = "validation loss is least at the end"
    if found.turn < found.epochs:
        rise = f"it rose by {number(found.rise)} nats since"
    facts = [
        Fact("Gap of the loss", gap, kind),
        Fact("Gap of accuracy", _points(found.accuracy_gap), "training above validation"),
        Fact("Validation loss turns", f"epoch {found.turn}", rise),
        Fact("Best accuracy", percent(found.best_accuracy), f"epoch {found.best_epoch}"),
        Fact("Last accuracy", percent(found.last_accuracy), f"epoch {found.epochs}"),
        Fact("Swing", _points(found.swing), "from epoch to epoch, second half"),
    ]
    if found.overconfident is not None:
        note = "of that rise at most, by the temperature"
        facts.insert(3, Fact("Over-confidence", percent(found.overconfident, 0), note))
    if found.valleys:
        deepest = max(found.valleys, key=lambda valley: valley.depth)
        note = f"deepest by {_points(deepest.depth)} at epoch {deepest.epoch}"
        facts.append(Fact("Falls of 5 points", str(len(found.valleys)), note))
    return facts


def _points(difference: float) -> str:
    """A difference of two shares, in percentage points."""
    return f"{100 * difference:.1f}{SPACE}points"


def surroundings(run: Run) -> dict[str, Any]:
    """``environment.json``, or nothing if the run has none."""
    return run.environment or {}
