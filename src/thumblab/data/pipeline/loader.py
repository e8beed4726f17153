"""What a network is fed: the images of each epoch in its order, changed and mixed, and their targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.core.random import stream
from thumblab.data.dataset import Images, Split
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, Rows, augment, draw
from thumblab.data.pipeline.mixing import Mixing, kept, mix
from thumblab.data.pipeline.resizing import FullSize, Resizing, height_at, shrunk
from thumblab.data.pipeline.sampling import Sampling, Uniform, order

Places = NDArray[np.int64]
"""Where images stand in an epoch's order, each from 0 to one less than the training images."""


UNIFORM, FULL_SIZE = Uniform(), FullSize()


@dataclass(frozen=True, eq=False)
class _Epoch:
    """What is drawn for one epoch.

    Attributes:
        number: Of the epoch.
        rows: Which sample stands at each place.
        draws: Of each augmentation, a row for each place.
        partners: Of each augmentation, the place of each place's partner; empty if it mixes nothing.
    """

    number: int
    rows: Rows
    draws: list[Draws]
    partners: list[Places]


class Loader:
    """The training images of any epoch, by their place in it.

    Everything is drawn by counter from the seed, the epoch and the place; so an image depends
    neither on the batch it is in nor on what was drawn before, and a batch can be cut anywhere.

    Args:
        part: The training part.
        width: Logits of the network; soft targets have as many.
        augment: Changes of the images, applied in this order.
        sampling: Which images an epoch takes.
        resizing: How large they are in the end.
        epochs: Of the whole run.
        seed: Of the experiment.

    Raises:
        UsageError: If images are to be changed and the part has features.
    """

    def __init__(
        self,
        part: Split,
        width: int,
        *,
        augment: Sequence[Augmentation] = (),
        sampling: Sampling = UNIFORM,
        resizing: Resizing = FULL_SIZE,
        epochs: int = 1,
        seed: int = 0,
    ) -> None:
        self._part, self._width, self._seed = part, width, seed
        self._chain, self._sampling, self._resizing = tuple(augment), sampling, resizing
        self._epochs = epochs
        self._drawn = _Epoch(-1, np.zeros(0, np.int64), [], [])
        if (augment or resizing != FULL_SIZE) and part.images.dtype != np.uint8:
            raise UsageError(
                f"augmentation and resizing read uint8 images (n, h, w, c) but were given "
                f"{part.images.dtype} of shape {part.images.shape}; train features without them"
            )

    @property
    def samples(self) -> int:
        """Places in an epoch."""
        return len(self._part)

    @property
    def mixes(self) -> bool:
        """Whether targets are soft."""
        return any(isinstance(each, Mixing) for each in self._chain)

    def height(self, epoch: int) -> int:
        """How high the images of an epoch are; features have no say in it."""
        return height_at(self._resizing, self._part.images.shape[1], epoch / self._epochs)

    def images(self, epoch: int, indices: Places) -> Images:
        """The images that stand there, not yet changed: uint8 ``(n, h, w, c)`` or features."""
        return self._part.images[self._epoch(epoch).rows[indices]]

    def targets(self, epoch: int, indices: Places) -> NDArray[Any]:
        """What is to be learned there: int64 labels ``(n,)``, or soft float32 ``(n, width)``."""
        drawn = self._epoch(epoch)
        if not self.mixes:
            return self._part.labels[drawn.rows[indices]]
        return self._mixed(drawn, indices, len(self._chain)).astype(np.float32)

    def change(self, images: Images, epoch: int, indices: Places) -> Images:
        """The ``images`` that stand there, augmented, mixed and resized; never modified."""
        changed = self._changed(images, self._epoch(epoch), indices, len(self._chain))
        if self._resizing != FULL_SIZE:
            changed = shrunk(changed, self.height(epoch))
        return changed

    def _changed(self, images: Images, drawn: _Epoch, indices: Places, count: int) -> Pixels:
        """After the first ``count`` augmentations; a partner has undergone those before its mixing."""
        for i, each in enumerate(self._chain[:count]):
            draws = drawn.draws[i][indices]
            if isinstance(each, Mixing):
                others = drawn.partners[i][indices]
                partners = self._part.images[drawn.rows[others]]
                images = mix(each, images, self._changed(partners, drawn, others, i), draws)
            else:
                images = augment(each, images, draws)
        return images

    def _mixed(self, drawn: _Epoch, indices: Places, count: int) -> NDArray[np.float64]:
        """Soft targets after the first ``count`` augmentations."""
        soft = np.zeros((len(indices), self._width))
        soft[np.arange(len(indices)), self._part.labels[drawn.rows[indices]]] = 1
        for i, each in enumerate(self._chain[:count]):
            if isinstance(each, Mixing):
                sides = self._part.images.shape[1:3]
                share = kept(each, sides, drawn.draws[i][indices])[:, None]
                others = self._mixed(drawn, drawn.partners[i][indices], i)
                soft = share * soft + (1 - share) * others
        return soft

    def _epoch(self, number: int) -> _Epoch:
        drawn = self._drawn
        if drawn.number != number:
            rows = order(self._sampling, self._part.labels, self._seed, number)
            chain = list(enumerate(self._chain))
            draws = [draw(each, rows, self._seed, i, number) for i, each in chain]
            partners = [self._partners(i, each, number) for i, each in chain]
            # One assignment, so that threads which ask at once never see half of it.
            self._drawn = drawn = _Epoch(number, rows, draws, partners)
        return drawn

    def _partners(self, i: int, augmentation: Augmentation, epoch: int) -> Places:
        total = len(self._part) if isinstance(augmentation, Mixing) else 0
        found: Places = stream(self._seed, "partner", i, epoch).integers(max(total, 1), size=total)
        return found
