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
from thumblab.evaluation.compatible import readable_test_part
from thumblab.evaluation.predict import load_network
from thumblab.experiment.tta import TTA, mean_logits
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
        accuracy: Without TTA, each image as it is.
        loss: Likewise.
        images: How many there are.
        evaluations: Which evaluation of this test set it is, over all runs in the run's folder of runs
            (see ``ledger.py``).
        tta: What else the network was shown; None for nothing.
        tta_accuracy: Of the mean logits with TTA.
        tta_loss: Likewise.
    """

    accuracy: float
    loss: float
    images: int
    evaluations: int
    tta: TTA | None = None
    tta_accuracy: float | None = None
    tta_loss: float | None = None


@dataclass(frozen=True, eq=False)
class LabeledLogits:
    """What a run says of test images.

    Attributes:
        labels: Class indices ``(n,)``.
        logits: Without TTA, ``(n, outputs)``.
        tta: What else the network was shown.
        tta_logits: Means over the views of TTA, ``(n, outputs)``, or None without any.
    """

    labels: Array
    logits: Array
    tta: TTA | None = None
    tta_logits: Array | None = None


def evaluate(run: Run, dataset: Dataset | None = None, tta: TTA | None = None) -> Evaluation:
    """Accuracy on the test images; the evaluation is logged in ``evaluations.jsonl``.

    Without ``dataset`` the logits are those that the run stored for its own test set; with it, the
    stored weights predict that data set's test images. Without ``tta`` they are those that the
    experiment names, if any.

    Raises:
        DataError: If there are no test images, or they do not fit the network.
        RunError: If the run is unfinished or damaged.
        UsageError: If the run has stored no logits of this TTA.
    """
    return score_and_log(run, logits_of(run, dataset, tta), dataset)


def stored_tta(run: Run, tta: TTA | None) -> bool:
    """Whether the run itself has what it says under ``tta``; None are those of its experiment."""
    return tta is None or tta == run.experiment.tta


def logits_of(run: Run, dataset: Dataset | None = None, tta: TTA | None = None) -> LabeledLogits:
    """What ``evaluate`` judges; nothing is noted, so hand it on to ``score_and_log``."""
    if dataset is not None:
        return _fresh(run, dataset, tta or run.experiment.tta)
    if not stored_tta(run, tta):
        raise UsageError(
            f"{run.folder} has stored no logits of {tta}; give the data set, so that its weights "
            "predict them"
        )
    stored = run.predictions
    if "test_logits" not in stored:
        raise DataError(
            f"{run.folder} was trained on data without test images; evaluate it on other data",
            remedies=("data",),
        )
    return LabeledLogits(
        stored["test_labels"],
        stored["test_logits"],
        run.experiment.tta,
        stored.get("test_tta_logits"),
    )


def _fresh(run: Run, dataset: Dataset, tta: TTA | None) -> LabeledLogits:
    """What the stored weights say of a data set's test images."""
    part = readable_test_part(run, dataset)
    network, about = load_network(run)
    names = (str(run.folder), dataset.name)
    labels, images = (
        labels_by_name(part.labels, dataset.classes, about["classes"], names),
        part.images,
    )
    shown = None if tta is None else mean_logits(network.predict, images, tta)
    return LabeledLogits(labels, network.predict(images), tta, shown)


def score_and_log(
    run: Run, found: LabeledLogits, dataset: Dataset | None = None, **noted: Any
) -> Evaluation:
    """Accuracy and loss of ``found``; logs the evaluation, with what is ``noted``."""
    _ = run.evaluations  # damaged records raise before anything is evaluated
    own = dataset is None or dataset.fingerprint == run.about["fingerprint"]
    accuracy, loss = score(found.logits, found.labels)
    evaluation = ledger.new_id()
    given = None if dataset is None else dataset.test_fingerprint
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
    if found.tta_logits is not None:
        shown = score(found.tta_logits, found.labels)
        line |= {"tta": to_dict(found.tta)}
        line |= {"tta_accuracy": shown[0], "tta_loss": shown[1]}
    files.append(run.folder / "evaluations.jsonl", sealed.line(line | noted))
    count = ledger.number(run, evaluation)
    return Evaluation(accuracy, loss, len(found.labels), count, found.tta, *shown)


def score(logits: Array, labels: Array) -> tuple[float, float]:
    """Accuracy, and mean cross-entropy in nats; a tie goes to the class that comes first."""
    logs = log_softmax(logits.astype(np.float64))
    accuracy = float((logits.argmax(1) == labels).mean())
    return accuracy, float(-logs[np.arange(len(labels)), labels].mean())
