"""What a network costs: to train, to keep, and to ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Shape
from thumblab.core.summary import summary
from thumblab.evaluation.predict import load_network
from thumblab.runs import Run

Array = NDArray[Any]

ROUNDS = 7
"""Passes of which the median counts, after one that does not."""
BATCH = 128


@dataclass(frozen=True)
class Cost:
    """What a run's network costs. Times are of the machine it was trained, or asked, on.

    Attributes:
        train_seconds: Of training steps.
        images_per_second: In training.
        parameters: Weights and statistics.
        flops: Of one image, forward; a multiply-add is 2.
        weights_megabytes: What the weights take, in millions of bytes.
        activations_kilobytes: What all layers write for one image, in thousands of bytes; training
            keeps about so much for every image of a batch.
        alone_milliseconds: An image asked alone takes, warm; median of seven.
        batch_microseconds: An image in a batch of 128 takes, warm; median of seven.
        batch_noise: Half of what lies between the least and the most of these seven.
    """

    train_seconds: float
    images_per_second: float
    parameters: int
    flops: int
    weights_megabytes: float
    activations_kilobytes: float
    alone_milliseconds: float
    batch_microseconds: float
    batch_noise: float = 0.0


def cost(run: Run) -> Cost:
    """What the network of a run that is done costs; asks it a few times."""
    network, about = load_network(run)
    shape = tuple(about["shape"])
    values, whole = run.result or {}, summary(run.experiment.model, shape)
    item = 8 if about["precision"] == "float64" else 4
    images = _noise(shape)
    alone, _ = _seconds(lambda: network.predict(images[:1]))
    together, noise = _seconds(lambda: network.predict(images))
    return Cost(
        train_seconds=values["train_seconds"],
        images_per_second=values["images_per_second"],
        parameters=whole.parameters,
        flops=whole.flops,
        weights_megabytes=item * whole.parameters / 1e6,
        activations_kilobytes=item * sum(prod(row.shape) for row in whole.rows) / 1e3,
        alone_milliseconds=1e3 * alone,
        batch_microseconds=1e6 * together / len(images),
        batch_noise=1e6 * noise / len(images),
    )


def _noise(shape: Shape) -> Array:
    """Samples to ask about: what they show costs no time."""
    draw = np.random.default_rng(0)
    if len(shape) == 1:
        return draw.standard_normal((BATCH, *shape)).astype(np.float32)
    channels, height, width = shape
    return draw.integers(0, 256, (BATCH, height, width, channels), np.uint8)


def _seconds(ask: Callable[[], Any]) -> tuple[float, float]:
    """The median, and half the range."""
    times = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begun)
    return median(times[1:]), (max(times[1:]) - min(times[1:])) / 2
