"""The trained network of a run, and what it says of pictures of one's own."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.engines.protocol import Network
from thumblab.experiment.tta import TTA, mean_logits
from thumblab.losses.loss import log_softmax
from thumblab.runs.kernel_plan import plan_in_force
from thumblab.runs.run import Run
from thumblab.runs.shown import Prepare, Shown, intake_of, show
from thumblab.training.network import open_network

LISTED = 20
"""So many pictures have a line each in warnings and errors."""


@dataclass(frozen=True)
class ClassProbability:
    """A class and the probability a network gives it."""

    name: str
    probability: float


def load_network(run: Run, *, workers: int | None = None) -> tuple[Network, dict[str, Any]]:
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
        workers=workers,
        plan=plan_in_force(None, run, experiment.engine),
        classes=len(about["classes"]),
    )
    network.load({f"weights.{name}": array for name, array in arrays.items()})
    return network, about


@dataclass(frozen=True)
class Prediction:
    """What a network says of one picture.

    Attributes:
        file: The picture.
        top: The likeliest classes, likeliest first; none if it cannot be decoded.
        warnings: Why this may be wrong, each as the end of a sentence that begins with the file.
        error: Why the picture cannot be decoded, or None.
        shown: The picture, and what the network saw of it.
    """

    file: Path
    top: tuple[ClassProbability, ...]
    warnings: tuple[str, ...] = ()
    error: str | None = None
    shown: Shown | None = field(default=None, compare=False, repr=False)


def classify(
    run: Run,
    pictures: Sequence[Path | str],
    *,
    top: int = 5,
    tta: TTA | None = None,
    prepare: Prepare = "auto",
) -> list[Prediction]:
    """The ``top`` likeliest classes of each picture file, likeliest first.

    Pictures that cannot be decoded, and those that look unlike the training images, are warned of,
    and the predictions say why.

    Args:
        run: A run that is done.
        pictures: Files.
        top: How many classes.
        tta: What the network is shown of each picture; None for the picture alone.
        prepare: What is done to each picture first: ``auto`` what the run's data set calls for, as
            ``preparation_of`` says; None leaves it as it is.

    Raises:
        DataError: If no picture can be decoded.
        RunError: If the run is unfinished or damaged.
    """
    network, about = load_network(run)
    paths = list(map(Path, pictures))
    shown = show(intake_of(run, about), paths, prepare)
    if paths and all(each.error for each in shown):
        raise DataError(_listed([str(each.error) for each in shown]))
    images = [each.image for each in shown if each.image is not None]
    rows = iter(_probabilities(network, images, tta)) if images else iter(())
    names = about["classes"]
    found = []
    for path, each in zip(paths, shown, strict=True):
        guesses: tuple[ClassProbability, ...] = ()
        if each.image is not None:
            row = next(rows)
            best = np.argsort(-row, kind="stable")[:top]
            guesses = tuple(ClassProbability(names[i], float(row[i])) for i in best)
        found.append(Prediction(path, guesses, each.warnings, each.error, each))
    _warn(found)
    return found


def _probabilities(
    network: Network, images: list[NDArray[np.uint8]], tta: TTA | None
) -> NDArray[np.float64]:
    stacked, predict = np.stack(images), network.predict
    logits = predict(stacked) if tta is None else mean_logits(predict, stacked, tta)
    probabilities: NDArray[np.float64] = np.exp(log_softmax(logits.astype(np.float64)))
    return probabilities


def _warn(found: list[Prediction]) -> None:
    """A line for each picture that is not as it should be; the last ones share one."""
    text = [
        each.error or f"{each.file} {'; '.join(each.warnings)}"
        for each in found
        if each.error or each.warnings
    ]
    for line in text[:LISTED]:
        warnings.warn(line, stacklevel=3)
    if len(text) > LISTED:
        rest = [str(each.file) for each in found if each.error or each.warnings][LISTED:]
        warnings.warn(f"{len(rest)} more are such: {', '.join(rest)}", stacklevel=3)


def _listed(errors: list[str]) -> str:
    if len(errors) == 1:
        return errors[0]
    more = f"\n  and {len(errors) - LISTED} more" if len(errors) > LISTED else ""
    lines = "".join(f"\n  {error}" for error in errors[:LISTED])
    return f"none of {len(errors)} pictures can be decoded:{lines}{more}"
