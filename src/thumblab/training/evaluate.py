"""Looking at the test set, and at pictures of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import from_dict
from thumblab.data import Dataset, decode
from thumblab.losses.loss import log_softmax
from thumblab.training import files
from thumblab.training.network import Network, open_network
from thumblab.training.runs import Run

Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """How a run does on test images.

    ``accuracy`` is a fraction; ``loss`` the mean cross-entropy in nats, without label smoothing;
    ``evaluations`` counts the looks at the run's own test set so far, this one included.
    """

    accuracy: float
    loss: float
    images: int
    evaluations: int


@dataclass(frozen=True)
class Guess:
    """A class and the probability a network gives it."""

    name: str
    probability: float


def evaluate(run: Run, dataset: Dataset | None = None) -> Evaluation:
    """Accuracy on the test images, and a line in ``evaluations.jsonl`` that somebody has looked.

    Without ``dataset`` the logits are those that the run stored for its own test set; with it, the
    stored weights predict that data set's test images.

    Raises:
        DataError: If there are no test images, or they do not fit the network.
        RunError: If the run is unfinished or damaged.
    """
    if dataset is None:
        stored = run.predictions
        if "test_logits" not in stored:
            raise DataError(
                f"{run.folder} was trained on data without test images; evaluate it on others "
                "with --data"
            )
        logits, labels = stored["test_logits"], stored["test_labels"]
    else:
        if dataset.test is None or not len(dataset.test):
            raise DataError(f"{dataset.name} has no test images; choose another --data")
        network, about = load_network(run)
        if dataset.shape != tuple(about["shape"]) or len(dataset.classes) != len(about["classes"]):
            raise DataError(
                f"the run reads {tuple(about['shape'])} and knows {len(about['classes'])} classes, "
                f"but {dataset.name} has {dataset.shape} and {len(dataset.classes)}"
            )
        logits, labels = network.predict(dataset.test.images), dataset.test.labels
    accuracy = float((logits.argmax(1) == labels).mean())
    loss = float(-log_softmax(logits.astype(np.float64))[np.arange(len(labels)), labels].mean())
    line = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": "own" if dataset is None else dataset.name,
        "images": len(labels),
        "accuracy": accuracy,
        "loss": loss,
    }
    files.append(run.folder / "evaluations.jsonl", json.dumps(line))
    looks = sum(entry["data"] == line["data"] for entry in run.evaluations)
    return Evaluation(accuracy, loss, len(labels), looks)


def load_network(run: Run, *, shards: int | None = None) -> tuple[Network, dict[str, Any]]:
    """The trained network of a run, and what its weights file says of it."""
    arrays, about = run.trained()
    network = open_network(
        run.experiment,
        tuple(about["shape"]),
        shift=np.array(about["shift"]),
        scale=np.array(about["scale"]),
        shards=shards,
    )
    network.load({f"weights.{name}": array for name, array in arrays.items()})
    if from_dict(about["model"]) != run.experiment.model:
        raise UsageError(f"{run.folder}: the weights are another model's; train again")
    return network, about


def classify(run: Run, pictures: list[Path], *, top: int = 5) -> list[tuple[Path, list[Guess]]]:
    """The ``top`` likeliest classes of each picture file, likeliest first.

    Raises:
        DataError: If a file is no picture that can be read.
        RunError: If the run is unfinished or damaged.
    """
    network, about = load_network(run)
    shape = tuple(about["shape"])
    if len(shape) != 3:
        raise UsageError(f"{run.folder} reads features {shape}, not pictures")
    if not pictures:
        return []
    images = np.stack([decode(path, shape) for path in pictures])
    probabilities = np.exp(log_softmax(network.predict(images).astype(np.float64)))
    names = about["classes"]
    found = []
    for path, row in zip(pictures, probabilities, strict=True):
        best = np.argsort(-row, kind="stable")[:top]
        found.append((path, [Guess(names[i], float(row[i])) for i in best if i < len(names)]))
    return found
