"""Left and right swapped in half of the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment


@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirrors an image left to right with probability 0.5. Not for characters."""

    @property
    def draws(self) -> int:
        """One: below 0.5 flips."""
        return 1


@augment.register
def _flip(augmentation: Flip, images: Pixels, draws: Draws) -> Pixels:
    return mirrored(images, draws[:, 0] < 0.5)


def mirrored(images: Pixels, which: NDArray[np.bool_]) -> Pixels:
    """Copies of the images ``(n, h, w, c)``, left and right swapped where ``which`` says so."""
    out = images.copy()
    out[which] = images[which, :, ::-1]
    return out
