"""The image turned, scaled and moved at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment
from thumblab.data.pipeline.augmentations.rotate import check_degrees, turned
from thumblab.data.pipeline.augmentations.warp import warp


@dataclass(frozen=True)
class Affine(Augmentation):
    """Turns and scales an image about its center, then moves it; bilinear, black outside.

    Attributes:
        degrees: Largest angle, either way, 0 to 180.
        shift: Farthest distance up, down, left and right, as a fraction of the side, 0 to 1;
            not rounded to whole pixels.
        scale: Sizes run from ``1 - scale`` to ``1 + scale``, alike in both directions; 0 to
            below 1.
    """

    degrees: float = 10.0
    shift: float = 0.1
    scale: float = 0.1

    def __post_init__(self) -> None:
        check_degrees(self.degrees)
        if not 0 <= self.shift <= 1:
            raise UsageError(f"shift is {self.shift}; give a share of the side from 0 to 1")
        if not 0 <= self.scale < 1:
            raise UsageError(f"scale is {self.scale}; give a fraction from 0 to below 1")

    @property
    def draws(self) -> int:
        """Four: angle, size, vertical and horizontal distance; 0.5 changes nothing."""
        return 4


@augment.register
def _affine(augmentation: Affine, images: Pixels, draws: Draws) -> Pixels:
    centered = 2 * draws - 1
    size = 1 + augmentation.scale * centered[:, 1]
    back = turned(draws[:, 0], augmentation.degrees) / size[:, None, None]
    moved = centered[:, 2:] * augmentation.shift * np.array(images.shape[1:3])
    return warp(images, back, moved)
