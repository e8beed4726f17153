"""A square of one gray level laid over the image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment
from thumblab.data.pipeline.augmentations.window import whole


@dataclass(frozen=True)
class Cutout(Augmentation):
    """Covers a square whose center is any pixel alike, so that it may hang over the border.

    Attributes:
        side: Pixels a side of the square. An even one reaches a pixel farther up and left.
        fill: Gray level of the square, 0 to 255, in every channel.

    Source: DeVries & Taylor 2017, arXiv:1708.04552 (sides of 16 on CIFAR-10, 8 on CIFAR-100).
    """

    side: int = 8
    fill: int = 128

    def __post_init__(self) -> None:
        if self.side < 1:
            raise UsageError(f"side is {self.side}; give 1 pixel or more")
        if not 0 <= self.fill <= 255:
            raise UsageError(f"fill is {self.fill}; give a gray level from 0 to 255")

    @property
    def draws(self) -> int:
        """Two: row and column of the center."""
        return 2


@augment.register
def _cutout(augmentation: Cutout, images: Pixels, draws: Draws) -> Pixels:
    n, h, w, c = images.shape
    rows, columns = (
        _covered(whole(draws[:, axis], side), side, augmentation.side)
        for axis, side in enumerate((h, w))
    )
    out = images.copy()
    square = rows[:, :, None] & np.repeat(columns, c, 1)[:, None]  # (n, h, w c)
    np.copyto(out.reshape(n, h, w * c), np.uint8(augmentation.fill), where=square)
    return out


def _covered(center: NDArray[np.int64], side: int, square: int) -> NDArray[np.bool_]:
    """Which of ``side`` positions lie in the square, ``(n, side)``."""
    distance = np.arange(side) - center[:, None] + square // 2
    covered: NDArray[np.bool_] = (distance >= 0) & (distance < square)
    return covered
