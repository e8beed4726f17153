"""Looking at the test set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import to_dict
from thumblab.data import Dataset
from thumblab.evaluation.class_names import labels_by_name
from thumblab.evaluation.predict import load_network
from thumblab.experiment.tta import Views, mean_logits
from thumblab.losses.loss import log_softmax
from thumblab.runs import ledger
from thumblab.runs.run import Run
from thumblab.storage import files, sealed

Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """How a run does on test images.

    Accuracies are fractions; losses mean cross-entropies in nats, without label smoothing.

    Attributes:
        accuracy: Of a single view, each image as it is.
        loss: Likewise.
        images: How many there are.
        evaluations: Which evaluation of this test set it is, over all runs in the run's folder of runs
            (see ``ledger.py``).
        views: What else the network was shown; None for nothing.
        views_accuracy: Of the views' mean logits.
        views_loss: Likewise.
    """

    accuracy: float
    loss: float
    images: int
    evaluations: int
    views: Views | None = None
    views_accuracy: float | None = None
    views_loss: float | None = None


@dataclass(frozen=True, eq=False)
class Answers:
    """What a run says of test images.

    Attributes:
        labels: Class indices ``(n,)``.
        logits: Of a single view, ``(n, outputs)``.
        views: What else the network was shown.
        views_logits: Means over the views, ``(n, outputs)``, or None without any.
    """

    labels: Array
    logits: Array
    views: Views | None = None
    views_logits: Array | None = None


def evaluate(run: Run, dataset: Dataset | None = None, views: Views | None = None) -> Evaluation:
    """Accuracy on the test images, and a line in ``evaluations.jsonl`` that somebody has looked.

    Without ``dataset`` the logits are those that the run stored for its own test set; with it, the
    stored weights predict that data set's test images. Without ``views`` they are those that the
    experiment names, if any.

    Raises:
        DataError: If there are no test images, or they do not fit the network.
        RunError: If the run is unfinished or damaged.
        UsageError: If the run has stored no logits of these views.
    """
    return judge(run, answers(run, dataset, views), dataset)


def stored_views(run: Run, views: Views | None) -> bool:
    """Whether the run itself has what it says under ``views``; None are those of its experiment."""
    return views is None or views == run.experiment.views


def answers(run: Run, dataset: Dataset | None = None, views: Views | None = None) -> Answers:
    """What ``evaluate`` judges; nothing is noted, so hand it on to ``judge``."""
    if dataset is not None:
        return _fresh(run, dataset, views or run.experiment.views)
    if not stored_views(run, views):
        raise UsageError(
            f"{run.folder} has stored no logits of {views}; give the data set, so that its weights "
            "predict them"
        )
    stored = run.predictions
    if "test_logits" not in stored:
        raise DataError(
            f"{run.folder} was trained on data without test images; evaluate it on others with --data"
        )
    return Answers(
        stored["test_labels"],
        stored["test_logits"],
        run.experiment.views,
        stored.get("test_views_logits"),
    )


def _fresh(run: Run, dataset: Dataset, views: Views | None) -> Answers:
    """What the stored weights say of a data set's test images."""
    if dataset.test is None or not len(dataset.test):
        raise DataError(f"{dataset.name} has no test images; choose another --data")
    network, about = load_network(run)
    if dataset.shape != tuple(about["shape"]):
        raise DataError(
            f"{run.folder} reads {tuple(about['shape'])} but {dataset.name} has {dataset.shape}; give data "
            "of the same shape"
        )
    names = (str(run.folder), dataset.name)
    labels = labels_by_name(dataset.test.labels, dataset.classes, about["classes"], names)
    images = dataset.test.images
    shown = None if views is None else mean_logits(network.predict, images, views)
    return Answers(labels, network.predict(images), views, shown)


def judge(run: Run, found: Answers, dataset: Dataset | None = None, **noted: Any) -> Evaluation:
    """Accuracy and loss of ``found``, and the line that somebody has looked; ``noted`` goes into it."""
    _ = run.evaluations  # what cannot be counted is not looked at
    own = dataset is None or dataset.fingerprint == run.about["fingerprint"]
    accuracy, loss = score(found.logits, found.labels)
    evaluation = ledger.new_id()
    given = None if dataset is None else ledger.test_fingerprint(dataset.test)
    line = {
        "id": evaluation,
        "test": given or (run.result or {}).get("test_fingerprint"),
        "fingerprint": run.about["fingerprint"] if dataset is None else dataset.fingerprint,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": "own" if own or dataset is None else dataset.name,
        "images": len(found.labels),
        "accuracy": accuracy,
        "loss": loss,
    }
    shown: tuple[float | None, float | None] = (None, None)
    if found.views_logits is not None:
        shown = score(found.views_logits, found.labels)
        line |= {"views": to_dict(found.views)}
        line |= {"views_accuracy": shown[0], "views_loss": shown[1]}
    files.append(run.folder / "evaluations.jsonl", sealed.line(line | noted))
    count = ledger.number(run, evaluation)
    return Evaluation(accuracy, loss, len(found.labels), count, found.views, *shown)


def score(logits: Array, labels: Array) -> tuple[float, float]:
    """Accuracy, and mean cross-entropy in nats; a tie goes to the class that comes first."""
    logs = log_softmax(logits.astype(np.float64))
    accuracy = float((logits.argmax(1) == labels).mean())
    return accuracy, float(-logs[np.arange(len(labels)), labels].mean())
