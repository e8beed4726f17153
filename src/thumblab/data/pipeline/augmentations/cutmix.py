"""A rectangle of one image pasted over another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thumblab.data.pipeline.augment import Draws, Pixels
from thumblab.data.pipeline.augmentations.window import whole
from thumblab.data.pipeline.mixing import Mixing, Shares, check_mixing, drawn_shares, kept, mix

Ends = NDArray[np.int64]
"""First and last but one row or column of each rectangle, ``(n, 2)``."""


@dataclass(frozen=True)
class CutMix(Mixing):
    """Pastes a rectangle of the partner, in its own place; targets are mixed by the areas.

    The rectangle has the image's proportions and the area ``1 - share``, with the share from
    Beta(``alpha``, ``alpha``). Its center is any pixel alike, so that it may hang over the border;
    what is cut off there does not count. The partner is any image of the same epoch, as it is by
    then.

    Attributes:
        alpha: Above 0. Small ones paste nearly nothing or nearly all, 1 makes all shares alike.
        probability: How many images are mixed at all, 0 to 1.

    Source: Yun et al. 2019, arXiv:1905.04899 (alpha 1; probability 0.5 on CIFAR).
    """

    alpha: float = 1.0
    probability: float = 0.5

    def __post_init__(self) -> None:
        check_mixing(self.alpha, self.probability)

    @property
    def draws(self) -> int:
        """Four: whether, the share, and row and column of the center."""
        return 4


def rectangles(mixing: CutMix, sides: tuple[int, int], draws: Draws) -> tuple[Ends, Ends]:
    """Rows and columns of each rectangle, inside the image."""
    length = np.sqrt(1 - drawn_shares(mixing.alpha, mixing.probability, draws[:, :2]))
    ends = []
    for axis, side in enumerate(sides):
        across, center = whole(length, side), whole(draws[:, 2 + axis], side)
        first = center - across // 2
        ends.append(np.clip(np.stack([first, first + across], 1), 0, side))
    return ends[0], ends[1]


@kept.register
def _kept(mixing: CutMix, sides: tuple[int, int], draws: Draws) -> Shares:
    rows, columns = rectangles(mixing, sides, draws)
    pasted = (rows[:, 1] - rows[:, 0]) * (columns[:, 1] - columns[:, 0])
    return 1 - pasted / (sides[0] * sides[1])


@mix.register
def _mix(mixing: CutMix, images: Pixels, partners: Pixels, draws: Draws) -> Pixels:
    h, w = images.shape[1:3]
    rows, columns = rectangles(mixing, (h, w), draws)
    out = images.copy()
    for i, ((top, bottom), (left, right)) in enumerate(zip(rows, columns, strict=True)):
        out[i, top:bottom, left:right] = partners[i, top:bottom, left:right]
    return out
