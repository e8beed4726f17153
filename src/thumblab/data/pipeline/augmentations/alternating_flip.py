"""Left and right swapped in every other epoch."""

from __future__ import annotations

from dataclasses import dataclass

from thumblab.core.random import stream
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, Rows, augment, draw
from thumblab.data.pipeline.augmentations.flip import mirrored


@dataclass(frozen=True)
class AlternatingFlip(Augmentation):
    """Mirrors an image left to right in its first epoch with probability 0.5, then alternately.

    So two epochs show every image both ways, where ``Flip`` shows half of them one way twice. Not
    for characters.

    Source: Jordan 2024, arXiv:2404.00498, with a coin for each image in place of its number's hash.
    """

    @property
    def draws(self) -> int:
        """One: below 0.5 flips."""
        return 1


@draw.register
def _draw(augmentation: AlternatingFlip, rows: Rows, seed: int, place: int, epoch: int) -> Draws:
    """The numbers of the first epoch; in every other one those below 0.5 and those above swap."""
    samples = rows.max(initial=-1) + 1
    first = stream(seed, "augment", place).random((samples, augmentation.draws))[rows]
    return (first + epoch % 2 / 2) % 1


@augment.register
def _flip(augmentation: AlternatingFlip, images: Pixels, draws: Draws) -> Pixels:
    return mirrored(images, draws[:, 0] < 0.5)
