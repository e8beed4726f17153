"""What a network sees instead of 0 to 255: ``y = (x - shift) * scale``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value, type_name
from thumblab.data.dataset import Images

Statistics = tuple[NDArray[np.float64], NDArray[np.float64]]
"""``(shift, scale)``, each broadcastable to one sample ``(h, w, c)`` or ``(f,)``."""

_CHUNK = 1024


@dataclass(frozen=True)
class Normalization(Value):
    """Base of the normalizations. To add one, derive from it and register ``statistics``."""


@dataclass(frozen=True)
class Raw(Normalization):
    """Samples as they are: pixels from 0 to 255."""


@dataclass(frozen=True)
class Rescale(Normalization):
    """Pixels divided by 255, so from 0 to 1."""


@dataclass(frozen=True)
class MeanStd(Normalization):
    """Pixels divided by 255, less a given mean, over a given deviation.

    The defaults take pixels to -1 to 1. ImageNet's are 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225.

    Attributes:
        mean: Of each channel, in units of 255; one number serves all channels.
        std: Likewise; above 0.
    """

    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)

    def __post_init__(self) -> None:
        sound = all(map(isfinite, self.mean)) and all(0 < each < inf for each in self.std)
        if len({1, len(self.mean), len(self.std)}) > 2 or not sound:
            raise UsageError(
                f"{self}: give as many means as deviations, or one, all finite, and deviations above 0"
            )


@dataclass(frozen=True)
class Standardize(Normalization):
    """Mean 0 and standard deviation 1 in each channel (each feature) of the training part.

    A constant channel becomes 0.
    """


@dataclass(frozen=True)
class PerPixel(Normalization):
    """Mean 0 and standard deviation 1 at each pixel (each feature) of the training part.

    Attributes:
        floor: Gray levels (0 to 255) that a pixel's deviation is raised to where it is smaller, so
            that a corner that is nearly always empty is not blown up. Features have no floor.
    """

    floor: float = 8.0

    def __post_init__(self) -> None:
        if not 0 < self.floor < inf:
            raise UsageError(f"floor is {self.floor}; give a finite deviation above 0 gray levels")


@singledispatch
def statistics(normalization: Normalization, images: Images) -> Statistics:
    """``(shift, scale)`` in float64 such that ``(x - shift) * scale`` is the normalized sample.

    Args:
        normalization: Which one.
        images: The training part alone: uint8 ``(n, h, w, c)`` or float32 ``(n, f)``.
    """
    raise MissingRuleError(
        f"no statistics for {type_name(type(normalization))}; register @statistics.register"
    )


@statistics.register
def _raw(normalization: Raw, images: Images) -> Statistics:
    ones = np.ones((1,) * (images.ndim - 1))
    return ones * 0, ones


@statistics.register
def _unit(normalization: Rescale, images: Images) -> Statistics:
    if images.ndim == 2:
        raise UsageError("Unit divides pixels by 255 but was given features; use Standard or Raw")
    shift, ones = _raw(Raw(), images)
    return shift, ones / 255


@statistics.register
def _given(normalization: MeanStd, images: Images) -> Statistics:
    channels = images.shape[-1]
    if images.ndim == 2 or {len(normalization.mean), len(normalization.std)} - {1, channels}:
        raise UsageError(
            f"{normalization} is not for samples {images.shape[1:]}; give images a number for each "
            "channel, or one, and features Standard or Raw"
        )
    mean, std = (
        np.broadcast_to(np.array(each, np.float64), channels).reshape(1, 1, -1)
        for each in (normalization.mean, normalization.std)
    )
    return 255 * mean, 1 / (255 * std)


@statistics.register
def _standard(normalization: Standardize, images: Images) -> Statistics:
    return _scaled(*_moments(images, together=tuple(range(images.ndim - 2))))


@statistics.register
def _per_pixel(normalization: PerPixel, images: Images) -> Statistics:
    mean, deviation = _moments(images, together=())
    return _scaled(
        mean, deviation if images.ndim == 2 else np.maximum(deviation, normalization.floor)
    )


def _scaled(mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> Statistics:
    return mean, 1 / np.where(deviation > 0, deviation, 1.0)


def _moments(images: Images, together: tuple[int, ...]) -> Statistics:
    """Mean and deviation over samples, and over the axes of a sample named in ``together``."""
    if images.dtype == np.uint8:
        return _pixel_moments(images, together)
    mean = sum(chunk.sum(0, np.float64) for chunk in _chunks(images)) / len(images)
    squares = sum(np.square(chunk - mean).sum(0) for chunk in _chunks(images))
    constant = images.min(0) == images.max(0)
    return (
        np.where(constant, images[0], mean),
        np.where(constant, 0.0, np.sqrt(squares / len(images))),
    )


def _pixel_moments(images: Images, together: tuple[int, ...]) -> Statistics:
    """Exact: the sums are whole numbers, so a constant channel has a deviation of exactly 0."""
    total = sum(chunk.sum(0, np.int64) for chunk in _chunks(images))
    squares = sum(np.square(chunk, dtype=np.uint16).sum(0, np.int64) for chunk in _chunks(images))
    count = len(images) * int(np.prod([images.shape[1 + axis] for axis in together], dtype=int))
    total, squares = (
        np.sum(each, together, keepdims=True).astype(object) if together else each.astype(object)
        for each in (total, squares)
    )
    variance = ((count * squares - total * total) / count**2).astype(np.float64)
    return (total / count).astype(np.float64), np.sqrt(variance)


def _chunks(images: Images) -> list[NDArray[Any]]:
    return [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
