"""Which sizes of images and batches an experiment trains on, and whether its model can."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import ShapeError, UsageError
from thumblab.core.layer import Shape, walk, weights
from thumblab.data import Dataset, FullSize, height_at, width_at
from thumblab.experiment.experiment import Experiment
from thumblab.experiment.tta import seen
from thumblab.layers import BatchNorm


def check_fits(experiment: Experiment, dataset: Dataset) -> None:
    """Raises ``UsageError`` unless model and TTA read the data, with a logit for each class."""
    written = experiment.model.out_shape(dataset.shape)
    if len(written) != 1 or written[0] < len(dataset.classes):
        raise ShapeError(
            f"the model writes {written} but {dataset.name} has {len(dataset.classes)} classes; "
            f"end it with Dense({len(dataset.classes)})"
        )
    if experiment.tta is not None:
        if len(dataset.shape) != 3:
            raise UsageError(
                f"{experiment.tta} is for images but {dataset.name} has features "
                f"{dataset.shape}; leave tta out"
            )
        channels, *sides = dataset.shape
        for view in experiment.tta.each:
            seen(np.zeros((1, *sides, channels), np.uint8), view)


def sizes(experiment: Experiment, shape: Shape) -> list[Shape]:
    """The shape of a sample in each epoch, if ``shape`` is the full one; features have one only."""
    if len(shape) != 3:
        return [shape] * experiment.epochs
    channels, *sides = shape
    found: list[Shape] = []
    for epoch in range(experiment.epochs):
        height = height_at(experiment.progressive_resizing, sides[0], epoch / experiment.epochs)
        found.append((channels, height, width_at(height, (sides[0], sides[1]))))
    return found


def check_sizes(experiment: Experiment, shape: Shape, shift: NDArray[Any]) -> None:
    """Raises unless one set of weights serves every size that the experiment trains on.

    Args:
        experiment: What is to be trained.
        shape: Of a full sample.
        shift: What the normalization subtracts; broadcasts to a sample.

    Raises:
        ShapeError: If the model does not read a size, or owns other weights for it.
        UsageError: If the normalization has a number for each pixel of full images.
    """
    if experiment.progressive_resizing == FullSize():
        return
    full = _wanted(experiment, shape)
    for small in dict.fromkeys(sizes(experiment, shape)):
        if small == shape:
            continue
        if shift.shape[:2] != (1, 1):
            raise UsageError(
                f"progressive_resizing is {experiment.progressive_resizing}, but {experiment.normalize} "
                "knows pixels of full images alone; choose normalize standardize or rescale"
            )
        other = _wanted(experiment, small)
        for name, wanted in full.items():
            if other.get(name) != wanted:
                raise ShapeError(
                    f"progressive_resizing is {experiment.progressive_resizing}, but {name} has the shape "
                    f"{wanted} for samples of {shape} and {other.get(name)} for {small}; end the model with "
                    "GlobalAvgPool() and Dense, or leave progressive_resizing out"
                )


def _wanted(experiment: Experiment, shape: Shape) -> dict[str, Shape]:
    """Shapes of the output and of every weight, for samples of ``shape``."""
    try:
        found = {"the output": experiment.model.out_shape(shape)}
    except ShapeError as error:
        raise ShapeError(
            f"progressive_resizing is {experiment.progressive_resizing}, but the model cannot read "
            f"samples of {shape}: {error}"
        ) from error
    owned = weights(experiment.model, shape).items()
    return found | {repr(name): weight.shape for name, weight in owned}


def check_batches(experiment: Experiment, shape: Shape, samples: int) -> None:
    """Raises ``UsageError`` if every batch is one sample and a BatchNorm learns from batches.

    Its running averages never move then, and where it reads one value a channel its output is its bias
    whatever the sample, so that nothing before it trains. A last, short batch of one sample is no such
    case: the layer leaves its averages alone for it.

    Args:
        experiment: What is to be trained.
        shape: Of a sample.
        samples: In the training part.
    """
    if min(experiment.batch, samples) > 1:
        return
    for prefix, layer, _ in walk(experiment.model, shape):
        if isinstance(layer, BatchNorm):
            given = "batch is 1" if experiment.batch == 1 else f"there is {samples} training sample"
            raise UsageError(
                f"{given} but BatchNorm at {prefix.rstrip('.')!r} normalizes over the samples of a "
                "batch, which takes at least 2; raise the batch size, or choose a model without "
                "BatchNorm (GroupNorm and LayerNorm read each sample by itself)"
            )
