"""Whether a trained network says what was stored of it, and the same each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.examined import Examined
from thumblab.audit.network import affordable
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.evaluation.predict import load_network

Array = NDArray[Any]

BATCH = 128
ASKED = 256
ALIKE = {"float32": 2e-3, "float64": 2e-3, "bfloat16": 5e-2}
"""How far logits may be apart, as a share of the largest, by precision: other kernels round otherwise."""


def _predict(run: Examined, images: Array) -> tuple[Array, Array, Array]:
    """Logits of images as one batch, once more, and one by one for the first few."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch or of a GPU that is not here
        network, _ = load_network(run.run, workers=1)
    alone = [network.predict(images[i : i + 1]) for i in range(min(8, len(images)))]
    return network.predict(images), network.predict(images), np.concatenate(alone)


def _tolerance(run: Examined, logits: Array) -> float:
    return ALIKE[run.experiment.precision] * (1 + float(np.abs(logits).max()))


def _apart(one: Array, other: Array) -> float:
    return float(np.abs(one.astype(np.float64) - other).max())


@rule(
    code="E01",
    severity="error",
    title="Predictions depend on their batch",
    trigger="The logits of an image alone and among 128 differ, or those of two passes do, by more than "
    "rounding.",
    why="Dropout that is on, or statistics of the batch, make an answer depend on what it is asked "
    "with: the network is still training.",
    remedy="Compute with running averages and without dropout in prediction (`ctx.training`).",
    source="Report R0 (ResNet-20 at chance level); Ben Braiek & Khomh 2023, arXiv:2204.00694.",
    needs_data=True,
)
def depends_on_batch(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        if each.kept is None or each.data is None:
            continue
        part = each.data.validation if len(each.data.validation) else each.data.train
        first, second, alone = _predict(each, part.images[: affordable(each, BATCH)])
        apart = {"alone": _apart(first[: len(alone)], alone), "again": _apart(first, second)}
        if max(apart.values()) > _tolerance(each, first):
            yield Observation(
                each.name,
                f"logits differ by up to {apart['alone']:.3g} alone and in a batch of {len(first)}, and by "
                f"{apart['again']:.3g} from pass to pass",
                apart | {"batch": len(first)},
            )


@rule(
    code="E03",
    severity="error",
    title="Stored predictions are not the network's",
    trigger="The stored weights predict, for up to 256 images, other logits than those that are stored.",
    why="Scores are computed of the stored predictions; they are another network's, or other images'.",
    remedy="Train again, or restore the files.",
    source="Our promise that a run's files belong together.",
    needs_data=True,
)
def stored_differ(subject: Subject) -> Iterator[Observation]:
    """Every run that has predicted validation images."""
    for each in subject.done:
        stored = each.logits("validation")
        if each.kept is None or each.data is None or stored is None:
            continue
        images, labels = each.data.validation.images, each.data.validation.labels
        if not np.array_equal(labels, stored[1]):
            yield Observation(
                each.name,
                f"the stored labels of {len(stored[1]):,} validation images are not those of the data",
                {"stored": len(stored[1]), "data": len(labels)},
            )
            continue
        count = affordable(each, ASKED)
        found, kept_logits = _predict(each, images[:count])[0], stored[0][:count]
        apart = np.abs(found.astype(np.float64) - kept_logits).max(1)
        if float(np.median(apart)) > _tolerance(each, kept_logits):
            other = float((found.argmax(1) != kept_logits.argmax(1)).mean())
            yield Observation(
                each.name,
                f"stored and computed logits of {len(kept_logits)} validation images differ by "
                f"{float(np.median(apart)):.3g} in the median; {100 * other:.1f} % get another class",
                {
                    "median": float(np.median(apart)),
                    "images": len(kept_logits),
                    "other_class": other,
                },
            )
