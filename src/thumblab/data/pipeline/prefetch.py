"""The next batch, made by a thread while a network trains on this one."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from thumblab.data.dataset import Images
from thumblab.data.pipeline.loader import Loader, Places


@dataclass(frozen=True, eq=False)
class _Coming:
    """A batch that will probably be asked for next."""

    epoch: int
    indices: Places
    images: Future[Images]


class Prefetch:
    """A loader whose ``change`` has usually been done when it is asked for; the images are the loader's.

    It is for a network that computes elsewhere than in this process, as on a GPU, or leaves it a core. The
    NumPy engine's workers keep every core busy and each change their own images.

    Args:
        loader: What changes the images.
        batch: How far indices move on from one batch to the next.
    """

    def __init__(self, loader: Loader, batch: int) -> None:
        self._feed, self._batch = loader, batch
        self._thread = ThreadPoolExecutor(1, "ahead")
        self._coming: _Coming | None = None

    def change(self, images: Images, epoch: int, indices: Places) -> Images:
        """``Loader.change``; then begins with the indices a batch further on in the same epoch."""
        coming, self._coming = self._coming, None
        if coming and coming.epoch == epoch and np.array_equal(coming.indices, indices):
            changed = coming.images.result()
        else:
            changed = self._feed.change(images, epoch, indices)
        after = indices + self._batch
        after = after[after < self._feed.samples]
        if len(after):
            self._coming = _Coming(epoch, after, self._thread.submit(self._made, epoch, after))
        return changed

    def _made(self, epoch: int, indices: Places) -> Images:
        return self._feed.change(self._feed.images(epoch, indices), epoch, indices)
