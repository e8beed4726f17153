"""Left and right swapped in half of the images."""

from __future__ import annotations

from dataclasses import dataclass

from thumblab.data.augment import Augmentation, Draws, Pixels, augment


@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirrors an image left to right with probability 0.5. Not for characters."""

    @property
    def draws(self) -> int:
        """One: below 0.5 flips."""
        return 1


@augment.register
def _flip(augmentation: Flip, images: Pixels, draws: Draws) -> Pixels:
    flipped, out = draws[:, 0] < 0.5, images.copy()
    out[flipped] = images[flipped, :, ::-1]
    return out
