"""The images a page speaks of, and what the network said of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import cross_entropies, probabilities
from thumblab.core.errors import DataError
from thumblab.data import Dataset, Split
from thumblab.experiment.experiment import part_rows, parts
from thumblab.runs import Run

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scored:
    """Images, their truth and the network's word on them; one row an image.

    Attributes:
        which: ``"test"``, or ``"validation"`` as long as the test set was not evaluated.
        images: uint8 ``(n, h, w, c)`` or features ``(n, f)``.
        labels: Class indices ``(n,)``.
        guesses: Class indices ``(n,)``.
        logits: ``(n, classes)``; outputs beyond the classes are no answer.
        confidence: Probability of the guess ``(n,)``.
        truth_probability: Probability that the truth was given ``(n,)``.
        losses: Cross-entropy in nats ``(n,)``.
        classes: Names of the classes.
        files: Of each image, as the reader found it; empty where images are no files of their own.
    """

    which: Literal["test", "validation"]
    images: Array
    labels: Array
    guesses: Array
    logits: Array
    confidence: Array
    truth_probability: Array
    losses: Array
    classes: tuple[str, ...]
    files: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def has_pictures(self) -> bool:
        """Whether the samples are images, not features."""
        return self.images.ndim == 4


def scored(run: Run, dataset: Dataset) -> Scored | None:
    """The run's test images if it was evaluated on them, else its validation images.

    So a page that is opened while choices are still being made shows nothing of the test set.
    None where there are no such images, or the run has not come to its end.

    Raises:
        DataError: If the stored predictions are not those of ``dataset``.
        RunError: If the predictions are missing or damaged.
    """
    if run.status != "done":
        return None
    tested = run.test_accuracy is not None and dataset.test is not None
    part = dataset.test if tested else parts(run.experiment, dataset)[1]
    if part is None or not len(part):
        return None
    found = _score(run, "test" if tested else "validation", part, dataset.classes)
    files = files_of(run, dataset, found.which)
    return replace(found, files=files) if len(files) == len(part) else found


def files_of(run: Run, dataset: Dataset, which: Literal["test", "validation"]) -> tuple[str, ...]:
    """The file of each of a run's validation or test images; empty where images are no files of their own."""
    files = dataset.reading.files
    if which == "test":
        return files.get("test", ())
    whole = (*files.get("training", ()), *files.get("validation", ()))
    return tuple(whole[row] for row in part_rows(run.experiment, dataset)[1]) if whole else ()


def _score(
    run: Run, which: Literal["test", "validation"], part: Split, classes: tuple[str, ...]
) -> Scored:
    stored = run.predictions
    labels = stored.get(f"{which}_labels", np.zeros(0))
    if not np.array_equal(labels, part.labels):
        raise DataError(
            f"{run.folder} holds predictions of {len(labels)} {which} images that are not the "
            f"{len(part)} given; give the data it was trained on"
        )
    logits = stored[f"{which}_logits"][:, : len(classes)]
    guesses = logits.argmax(1)
    chances = probabilities(logits)
    rows = np.arange(len(part))
    return Scored(
        which=which,
        images=part.images,
        labels=part.labels,
        guesses=guesses,
        logits=logits,
        confidence=chances[rows, guesses],
        truth_probability=chances[rows, part.labels],
        losses=cross_entropies(logits, part.labels),
        classes=classes,
    )
