"""The trained network of a run, and what it says of pictures of one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.data import decode
from thumblab.losses.loss import log_softmax
from thumblab.training.network import Network, open_network
from thumblab.training.plan import plan_in_force
from thumblab.training.runs import Run
from thumblab.training.views import Views, mean_logits


@dataclass(frozen=True)
class Guess:
    """A class and the probability a network gives it."""

    name: str
    probability: float


def load_network(run: Run, *, shards: int | None = None) -> tuple[Network, dict[str, Any]]:
    """The trained network of a run, with the kernels it was trained with, and what its file says of it.

    It predicts as many logits as there are classes, however wide the model is.
    What was trained on a GPU computes on another device where there is none.
    """
    arrays, about = run.trained()
    experiment = run.experiment
    if experiment.device != "cpu":
        experiment = replace(experiment, device="auto")
    network = open_network(
        experiment,
        tuple(about["shape"]),
        shift=np.array(about["shift"]),
        scale=np.array(about["scale"]),
        shards=shards,
        plan=plan_in_force(None, run, experiment.engine),
        classes=len(about["classes"]),
    )
    network.load({f"weights.{name}": array for name, array in arrays.items()})
    return network, about


def classify(
    run: Run, pictures: list[Path], *, top: int = 5, views: Views | None = None
) -> list[tuple[Path, list[Guess]]]:
    """The ``top`` likeliest classes of each picture file, likeliest first.

    Args:
        run: A run that is done.
        pictures: Files.
        top: How many classes.
        views: What the network is shown of each picture; None for the picture alone.

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
    predict = network.predict
    logits = predict(images) if views is None else mean_logits(predict, images, views)
    probabilities = np.exp(log_softmax(logits.astype(np.float64)))
    names = about["classes"]
    found = []
    for path, row in zip(pictures, probabilities, strict=True):
        best = np.argsort(-row, kind="stable")[:top]
        found.append((path, [Guess(names[i], float(row[i])) for i in best]))
    return found
