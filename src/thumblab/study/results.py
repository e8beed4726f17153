"""What a study has found so far: runs by arm, and on which images each was right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.summary import summary
from thumblab.data import Dataset, DatasetSpec
from thumblab.evaluation import evaluate
from thumblab.runs import Run
from thumblab.storage import files, sealed
from thumblab.study.cells import Cell, cells
from thumblab.study.lock import Lock
from thumblab.study.study import Metric, Study

Array = NDArray[Any]

LOOKS = "looks.jsonl"


@dataclass(frozen=True, eq=False)
class Results:
    """The runs of a study that are complete: so many seeds of every arm.

    Attributes:
        study: The study.
        lock: What it had declared.
        runs: Of each arm, the baseline first, in the order of the seeds; some may have diverged.
        guesses: The likeliest class of each image, ``(seeds, images)``, of each arm.
        hits: Whether each image was right by the metric, likewise; by the accuracy for a metric that is
            not made of hits.
        labels: Class indices of the images ``(images,)``.
        datasets: The data of every arm.
    """

    study: Study
    lock: Lock
    runs: Mapping[str, tuple[Run, ...]]
    guesses: Mapping[str, Array]
    hits: Mapping[str, NDArray[np.bool_]]
    labels: Array
    datasets: Mapping[DatasetSpec, Dataset]

    @property
    def seeds(self) -> int:
        """How many of each arm."""
        return len(next(iter(self.runs.values())))

    @property
    def diverged(self) -> dict[str, int]:
        """How many seeds of each arm have diverged."""
        return {
            name: sum(run.status == "diverged" for run in own) for name, own in self.runs.items()
        }


def complete_seeds(every: Sequence[Cell], runs: Path) -> int:
    """How many seeds, from the first on, are done in every arm."""
    missing = [cell.seed for cell in every if not cell.is_done(runs)]
    return min(missing, default=max((cell.seed for cell in every), default=-1) + 1)


def results(
    study: Study,
    lock: Lock,
    runs: Path,
    datasets: Mapping[DatasetSpec, Dataset],
    count: int,
) -> Results:
    """The first ``count`` seeds of every arm.

    Where the question is of test images, every run is evaluated on them, once, and that is logged.

    Raises:
        DataError: If the arms were scored on different images.
        RunError: If a run is missing or damaged, or all have diverged.
    """
    by_arm: dict[str, list[Run]] = {arm.name: [] for arm in study.each}
    for cell in cells(study, lock.fingerprints(study), count):
        by_arm[cell.arm].append(cell.run(runs))
    part = study.question.on
    if part == "test":
        _open_test(study, [run for own in by_arm.values() for run in own])
    labels = _labels(by_arm, part)
    hits, guesses = {}, {}
    for arm in study.each:
        dataset = datasets[arm.experiment.data]
        each = [logits_of(run, part, labels, dataset) for run in by_arm[arm.name]]
        rows = [hits_of(logits, study.question.metric, labels, dataset) for logits in each]
        hits[arm.name] = np.stack(rows)
        guesses[arm.name] = np.stack([logits.argmax(1) for logits in each])
    own = {name: tuple(found) for name, found in by_arm.items()}
    return Results(study, lock, own, guesses, hits, labels, datasets)


def logits_of(run: Run, part: str, labels: Array, dataset: Dataset) -> Array:
    """What a run says of the images, ``(images, classes)``; with its TTA if it names one.

    A run that has diverged says the first class, as the largest of many NaN is.
    """
    if run.status == "diverged":
        logits = np.zeros((len(labels), len(dataset.classes)), np.float32)
        logits[:, 0] = 1
        return logits
    found = run.predictions
    return found.get(f"{part}_tta_logits", found[f"{part}_logits"])


def hits_of(logits: Array, metric: Metric, labels: Array, dataset: Dataset) -> NDArray[np.bool_]:
    """On which images logits are right, ``(images,)``."""
    if metric.startswith("top"):
        k = min(int(metric[3]), logits.shape[1])
        own = logits[np.arange(len(labels)), labels][:, None]
        right: NDArray[np.bool_] = (logits > own).sum(1) < k
        return right
    guesses = logits.argmax(1)
    if metric == "coarse_accuracy":
        if dataset.groups is None:
            raise UsageError(f"{dataset.name} has no coarse classes; ask for the accuracy")
        groups = np.asarray(dataset.groups)
        return np.asarray(groups[guesses] == groups[labels])
    return np.asarray(guesses == labels)


def _labels(by_arm: Mapping[str, Sequence[Run]], part: str) -> Array:
    """The labels of the images that all runs were scored on."""
    scored = [
        (name, run) for name, own in by_arm.items() for run in own if run.status != "diverged"
    ]
    if not scored:
        raise RunError("every run of the study has diverged; lower the learning rate")
    first = scored[0][1]
    for name, run in scored:
        if f"{part}_labels" not in run.predictions:
            raise DataError(
                f"arm {name!r} has no {part} images to be compared on; give it a {part} part, or ask for "
                "the other one"
            )
        if _images(run, part) != _images(first, part):
            raise DataError(
                f"arm {name!r} was scored on other {part} images than the arms before it; compare arms that "
                "share them"
            )
    return np.asarray(first.predictions[f"{part}_labels"])


def _images(run: Run, part: str) -> tuple[object, ...]:
    """What tells the images that a run was scored on from others."""
    if part == "test":
        return ((run.result or {}).get("test_fingerprint"),)
    experiment = run.experiment
    return run.about["fingerprint"], experiment.validation, experiment.split_seed


def _open_test(study: Study, runs: Sequence[Run]) -> None:
    """Evaluates each run on its own test images, unless this study has."""
    for run in runs:
        if run.status == "done" and run.test_accuracy is None:
            evaluate(run)


def row_of(cell: Cell, run: Run, dataset: Dataset) -> dict[str, Any]:
    """What is kept of a run: a line."""
    result, where = run.result or {}, run.environment or {}
    last = run.metrics[-1] if run.metrics else {}
    costs = summary(cell.experiment.model, dataset.shape)
    return {
        "arm": cell.arm,
        "seed": cell.seed,
        "key": cell.key,
        "status": run.status,
        "epochs": len(run.metrics),
        "validation_accuracy": result.get("validation_accuracy"),
        "validation_loss": last.get("validation_cross_entropy", last.get("validation_loss")),
        "train_accuracy": last.get("train_accuracy"),
        "train_loss": last.get("train_cross_entropy", last.get("train_loss")),
        "test_accuracy": run.test_accuracy,
        "seconds": result.get("train_seconds"),
        "images_per_second": result.get("images_per_second"),
        "parameters": costs.parameters,
        "flops": costs.flops,
        "engine": run.about["engine"],
        "workers": where.get("workers"),
        "processor": where.get("machine", {}).get("processor"),
        "weights_sha256": result.get("weights_sha256"),
        "predictions_sha256": result.get("predictions_sha256"),
    }


CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


def curves_of(found: Results) -> dict[str, Array]:
    """Curves over the epochs by ``<name>/<arm>``, ``(seeds, epochs)``; NaN where an epoch has none."""
    curves: dict[str, Array] = {}
    for arm, own in found.runs.items():
        lines = [run.metrics for run in own]
        longest = max(map(len, lines), default=0)
        for name in CURVES:
            values = np.full((len(own), longest), np.nan)
            for row, each in zip(values, lines, strict=True):
                numbers = [line.get(name) for line in each]
                row[: len(each)] = [np.nan if number is None else number for number in numbers]
            curves[f"{name}/{arm}"] = values
    return curves


def store(found: Results, folder: Path) -> None:
    """Writes what others need to judge again: the lock, a line a run, hits a bit an image, curves.

    ``hits.npz`` has the packed bits of each arm ``(seeds, bytes)``, the number of images, and the labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = {key: value for key, value in found.lock.values.items() if key != sealed.SEAL}
    sealed.write(folder / "study.lock.json", lock)
    every = cells(found.study, found.lock.fingerprints(found.study), found.seeds)
    lines = []
    for cell in every:
        run = found.runs[cell.arm][cell.seed]
        lines.append(row_of(cell, run, found.datasets[cell.experiment.data]))
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    files.write(folder / "cells.jsonl", text.encode())
    packed = {f"arm/{name}": np.packbits(each, axis=1) for name, each in found.hits.items()}
    images = np.array(len(found.labels))
    labels = found.labels.astype(np.uint16)
    np.savez_compressed(folder / "hits.npz", images=images, labels=labels, **packed)  # type: ignore[arg-type]
    if found.study.question.metric == "macro_f1":
        guesses = {f"arm/{name}": each.astype(np.uint16) for name, each in found.guesses.items()}
        np.savez_compressed(folder / "guesses.npz", labels=labels, **guesses)  # type: ignore[arg-type]
    curves = {name: each.astype(np.float32) for name, each in curves_of(found).items()}
    np.savez_compressed(folder / "curves.npz", **curves)  # type: ignore[arg-type]


def stored_hits(folder: Path) -> dict[str, NDArray[np.bool_]]:
    """The hits that ``store`` has written, ``(seeds, images)`` of each arm, in their order."""
    with np.load(folder / "hits.npz", allow_pickle=False) as stored:
        images = int(stored["images"])
        return {
            name.removeprefix("arm/"): np.unpackbits(stored[name], axis=1, count=images).astype(
                bool
            )
            for name in stored.files
            if name.startswith("arm/")
        }
