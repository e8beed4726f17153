"""Small runs for the audit to look at: trained once a session, copied and changed where a fault is wanted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.audit import Declaration, Subject
from thumblab.core.layer import Layer
from thumblab.data import Arrays, Characters, Dataset, Split, read
from thumblab.experiment import Experiment
from thumblab.layers import Dense, Dropout, Flatten, ReLU, Sequential
from thumblab.optim import SGD, OneCycle
from thumblab.runs import Run, predictions
from thumblab.storage import checkpoint, sealed
from thumblab.training import train

CLASSES = 10
EACH = 60
MODEL = Sequential(Flatten(), Dense(32), ReLU(), Dense(CLASSES))
OTHER = Sequential(Flatten(), Dense(32), ReLU(), Dropout(0.1), Dense(CLASSES))


@cache
def digits() -> Dataset:
    """Ten kinds of characters: sixty of each to train on, twenty to test."""
    whole = read(Characters())
    assert whole.test is not None
    sides = [
        part.take(np.concatenate([np.flatnonzero(part.labels == k)[:n] for k in range(CLASSES)]))
        for part, n in ((whole.train, EACH), (whole.test, 20))
    ]
    return Dataset("digits", sides[0], sides[1], whole.classes[:CLASSES])


def experiment(data: Dataset | None = None, model: Layer = MODEL, **changes: Any) -> Experiment:
    """Four epochs of a small network, a quarter of the images for validation."""
    base = Experiment(
        data=Arrays.of(data or digits()),
        model=model,
        optimizer=SGD(learning_rate=OneCycle(0.05), nesterov=True),
        epochs=4,
        batch=32,
        validation=0.25,
    )
    return replace(base, **changes)


@dataclass
class Shelf:
    """Where trained runs are kept.

    Attributes:
        folder: Of the session.
    """

    folder: Path
    _trained: dict[tuple[str, str], Run] = field(default_factory=dict)
    _count: int = 0

    def empty(self) -> Path:
        """A folder that no run lies in yet."""
        self._count += 1
        place = self.folder / f"place{self._count}"
        place.mkdir()
        return place

    def trained(self, data: Dataset | None = None, model: Layer = MODEL, **changes: Any) -> Run:
        """A run, in a folder by itself; not to be written to."""
        data = data or digits()
        wanted = experiment(data, model, **changes)
        key = (wanted.key(data.fingerprint), data.name)
        if key not in self._trained:
            *_, last = train(wanted, dataset=data, runs=self.empty(), workers=1)
            self._trained[key] = Run.open(last.run.folder)
        return self._trained[key]

    def seeds(self, *seeds: int, **changes: Any) -> tuple[Run, ...]:
        """Runs that differ in their seed alone."""
        return tuple(self.trained(seed=seed, **changes) for seed in seeds)

    def together(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        """Copies of runs in one new folder, to write to."""
        place = self.empty()
        for number, run in enumerate(runs):
            target = place / run.folder.name
            if target.exists():
                target = place / f"{run.folder.name}-{number}"
            shutil.copytree(run.folder, target)
        return tuple(Run.open(path) for path in sorted(place.iterdir(), key=lambda p: p.name))

    def copy(self, run: Run) -> Run:
        """A copy of a run in a new folder, to write to."""
        return self.together([run])[0]


def change_result(run: Run, **values: Any) -> Run:
    """Writes entries of ``result.json``; returns the run, read anew."""
    found = {name: value for name, value in (run.result or {}).items() if name != sealed.SEAL}
    sealed.write(run.folder / "result.json", found | values)
    return Run.open(run.folder)


def change_metrics(run: Run, lines: Sequence[Mapping[str, Any]]) -> Run:
    """Writes other epochs; returns the run, read anew."""
    (run.folder / "metrics.jsonl").write_bytes(sealed.text(lines))
    return change_result(run, epochs=len(lines), weights_epoch=len(lines))


def change_predictions(run: Run, **arrays: Any) -> Run:
    """Writes other logits or labels; returns the run, read anew."""
    path = run.folder / "predictions.npz"
    predictions.write(path, run.predictions | arrays)
    return change_result(run, predictions_sha256=predictions.digest(path))


def change_weights(run: Run, change: Callable[[str, Any], Any], **about: Any) -> Run:
    """Writes ``change(name, array)`` for each weight; returns the run, read anew."""
    arrays, told = run.stored_weights()
    new = {name: np.asarray(change(name, array), array.dtype) for name, array in arrays.items()}
    path = run.folder / "weights.safetensors"
    checkpoint.save_arrays(path, new, told | about, name="weights")
    return change_result(run, weights_sha256=checkpoint.digest(new))


def evaluated(run: Run, when: str, **changes: Any) -> Run:
    """Notes an evaluation on the run's own test images; returns the run."""
    line = {
        "id": f"{run.folder.name}{when}",
        "test": (run.result or {}).get("test_fingerprint"),
        "fingerprint": run.about["fingerprint"],
        "when": when,
        "data": "own",
        "images": 200,
        "accuracy": 0.5,
        "loss": 1.0,
    }
    with (run.folder / "evaluations.jsonl").open("a") as file:
        file.write(sealed.line(line | changes) + "\n")
    return run


def alone(run: Run, data: Dataset | None = None, **declared: Any) -> Subject:
    """A subject of one run, with its data at hand."""
    return arms({"all runs": [run]}, data, **declared)


def arms(
    runs: Mapping[str, Sequence[Run]], data: Dataset | None = None, **declared: Any
) -> Subject:
    """A subject of several arms, with their data at hand."""
    return Subject(runs, lambda run: data or digits(), Declaration(**declared))


def with_test(data: Dataset, test: Split | None) -> Dataset:
    """The same data with other test images."""
    return replace(data, test=test)


@dataclass(frozen=True)
class Case:
    """A subject that a rule finds fault with, and one that it does not.

    Attributes:
        code: The rule's.
        fault: Makes the first.
        sound: Makes the second.
        severity: Of the finding, where it is not the rule's usual one.
    """

    code: str
    fault: Callable[[Shelf], Subject]
    sound: Callable[[Shelf], Subject]
    severity: str | None = None
