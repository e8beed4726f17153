"""The image turned about its center."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment
from thumblab.data.pipeline.augmentations.warp import warp


@dataclass(frozen=True)
class Rotate(Augmentation):
    """Turns an image about its center; bilinear, black outside.

    Attributes:
        degrees: Largest angle, either way; every angle between is alike. 0 to 180.
    """

    degrees: float = 15.0

    def __post_init__(self) -> None:
        check_degrees(self.degrees)

    @property
    def draws(self) -> int:
        """One: the angle; 0.5 is none, above turns anticlockwise."""
        return 1


def check_degrees(degrees: float) -> None:
    """Raises ``UsageError`` unless ``degrees`` is from 0 to 180."""
    if not 0 <= degrees <= 180:
        raise UsageError(f"degrees is {degrees}; give an angle from 0 to 180")


def turned(draws: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Matrices ``(n, 2, 2)`` that lead from a pixel of the turned image back, for ``warp``."""
    angle = np.deg2rad(degrees) * (2 * draws - 1)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos, sin, -sin, cos], -1).reshape(-1, 2, 2)


@augment.register
def _rotate(augmentation: Rotate, images: Pixels, draws: Draws) -> Pixels:
    return warp(images, turned(draws[:, 0], augmentation.degrees), np.zeros((len(images), 2)))
