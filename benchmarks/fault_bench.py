"""Where faults are injected: a small data set, three networks, and runs that are kept between calls."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from thumblab import zoo
from thumblab.audit import Declaration, Subject
from thumblab.core.errors import DivergedError
from thumblab.core.layer import Layer
from thumblab.data import Arrays, Characters, Dataset, Split, read
from thumblab.experiment import Experiment
from thumblab.layers import Sequential
from thumblab.optim import SGD, OneCycle
from thumblab.runs import Run, predictions
from thumblab.storage import checkpoint, sealed
from thumblab.training import train

CLASSES = 10
NETWORKS: dict[str, Callable[[], Layer]] = {
    "stacked": lambda: zoo.stacked_cnn(CLASSES, widths=(8, 16), dense=32),
    "residual": lambda: zoo.resnet(CLASSES, depth=8, widths=(8, 16, 32)),
    "characters": lambda: zoo.characters_cnn(CLASSES, widths=(8, 16, 32)),
}


@cache
def small_data() -> Dataset:
    """Ten kinds of characters, a hundred of each to train on and thirty to test."""
    whole = read(Characters())
    assert whole.test is not None
    sides = [
        part.take(np.concatenate([np.flatnonzero(part.labels == k)[:n] for k in range(CLASSES)]))
        for part, n in ((whole.train, 100), (whole.test, 30))
    ]
    return Dataset("digits", sides[0], sides[1], whole.classes[:CLASSES])


def with_train(images: np.ndarray, labels: np.ndarray | None = None) -> Dataset:
    """The data with other training images."""
    data = small_data()
    kept = data.train.labels if labels is None else labels
    return replace(data, train=Split(np.ascontiguousarray(images), kept))


def with_test(images: np.ndarray, labels: np.ndarray | None = None) -> Dataset:
    """The data with other test images."""
    data = small_data()
    assert data.test is not None
    kept = data.test.labels if labels is None else labels
    return replace(data, test=Split(np.ascontiguousarray(images), kept))


def layers_of(model: Layer) -> tuple[Layer, ...]:
    """Of a network whose outermost layer is sequential."""
    assert isinstance(model, Sequential)
    return model.layers


@dataclass
class Bench:
    """One network, and the runs that are made of it.

    Attributes:
        network: Its name.
        folder: Of its runs.
    """

    network: str
    folder: Path
    _numbers: Any = field(default_factory=count)

    @property
    def model(self) -> Layer:
        """The architecture without a fault."""
        return NETWORKS[self.network]()

    def experiment(self, data: Dataset | None = None, **changes: Any) -> Experiment:
        """The training without a fault, or with what is changed."""
        base = Experiment(
            data=Arrays.of(data or small_data()),
            model=self.model,
            optimizer=SGD(learning_rate=OneCycle(0.08), nesterov=True),
            epochs=5,
            batch=32,
            validation=0.25,
        )
        return replace(base, **changes)

    def run(self, data: Dataset | None = None, **changes: Any) -> Run:
        """A run in a folder by itself, trained unless it has been; it may have diverged."""
        wanted = self.experiment(data, **changes)
        dataset = data or small_data()
        place = self.folder / wanted.key(dataset.fingerprint)[:12]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                *_, last = train(wanted, dataset=dataset, runs=place, workers=1, resume=True)
            except DivergedError:
                return Run.open(next(path for path in place.iterdir() if path.is_dir()))
        return Run.open(last.run.folder)

    def copies(self, runs: Sequence[Run]) -> list[Run]:
        """Copies of runs, beside each other in a new folder, to write to."""
        place = self.folder / "copies" / f"{os.getpid()}-{next(self._numbers)}"
        shutil.rmtree(place, ignore_errors=True)
        for run in runs:
            shutil.copytree(run.folder, place / run.folder.name)
        return [Run.open(place / run.folder.name) for run in runs]


def alone(run: Run, data: Dataset | None = None, **declared: Any) -> Subject:
    """A run with its data at hand."""
    return compared({"all runs": [run]}, data, **declared)


def compared(
    arms: dict[str, Sequence[Run]], data: Dataset | None = None, **declared: Any
) -> Subject:
    """Arms with their data at hand."""
    return Subject(arms, lambda run: data or small_data(), Declaration(**declared))


def result(run: Run, **values: Any) -> Run:
    """Writes entries of its result."""
    found = {name: value for name, value in (run.result or {}).items() if name != sealed.SEAL}
    sealed.write(run.folder / "result.json", found | values)
    return Run.open(run.folder)


def metrics(run: Run, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Run:
    """Writes other epochs."""
    (run.folder / "metrics.jsonl").write_bytes(sealed.text([change(line) for line in run.metrics]))
    return Run.open(run.folder)


def stored(run: Run, **arrays: Any) -> Run:
    """Writes other predictions."""
    path = run.folder / "predictions.npz"
    predictions.write(path, run.predictions | arrays)
    return result(run, predictions_sha256=predictions.digest(path))


def weights(run: Run, change: Callable[[str, Any], Any]) -> Run:
    """Writes other weights."""
    arrays, about = run.stored_weights()
    new = {name: np.asarray(change(name, array), array.dtype) for name, array in arrays.items()}
    checkpoint.save_arrays(run.folder / "weights.safetensors", new, about, name="weights")
    return result(run, weights_sha256=checkpoint.digest(new))


def evaluated(run: Run, when: str, **values: Any) -> Run:
    """Notes an evaluation on its test images."""
    line = {
        "id": f"{run.folder.name}{when}",
        "test": (run.result or {}).get("test_fingerprint"),
        "fingerprint": run.about["fingerprint"],
        "when": when,
        "data": "own",
        "images": 300,
        "accuracy": 0.5,
        "loss": 1.0,
    }
    with (run.folder / "evaluations.jsonl").open("a") as file:
        file.write(sealed.line(line | values) + "\n")
    return run
