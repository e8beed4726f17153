"""The image moved by whole pixels."""

from __future__ import annotations

from dataclasses import dataclass

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment, check_mode
from thumblab.data.pipeline.augmentations.window import whole, windows


@dataclass(frozen=True)
class Shift(Augmentation):
    """Moves an image up or down and left or right by whole pixels, each distance alike.

    Attributes:
        fraction: Farthest distance as a fraction of the side, rounded to whole pixels; 0 to 1.
        mode: What comes in from outside: ``"zero"``, ``"edge"`` or ``"reflect"``.
    """

    fraction: float = 0.1
    mode: str = "zero"

    def __post_init__(self) -> None:
        check_mode(self.mode)
        if not 0 <= self.fraction <= 1:
            raise UsageError(f"fraction is {self.fraction}; give a share of the side from 0 to 1")

    @property
    def draws(self) -> int:
        """Two: vertical and horizontal distance."""
        return 2


@augment.register
def _shift(augmentation: Shift, images: Pixels, draws: Draws) -> Pixels:
    tall, wide = (round(augmentation.fraction * side) for side in images.shape[1:3])
    start = whole(draws[:, 0], 2 * tall + 1), whole(draws[:, 1], 2 * wide + 1)
    return windows(images, (tall, wide), start, augmentation.mode)
