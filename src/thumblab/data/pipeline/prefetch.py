"""The next batch, made by a thread while a network trains on this one."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from thumblab.data.dataset import Images
from thumblab.data.pipeline.loader import Feed, Places


@dataclass(frozen=True, eq=False)
class _Coming:
    """A batch that somebody will probably ask for."""

    epoch: int
    places: Places
    images: Future[Images]


class Ahead:
    """A feed whose ``change`` has usually been done when it is asked for; the images are the feed's.

    It is for a network that computes elsewhere than in this process, as on a GPU, or leaves it a core. The
    NumPy engine's shards keep every core busy and each change their own images.

    Args:
        feed: What changes the images.
        batch: How far places move on from one batch to the next.
    """

    def __init__(self, feed: Feed, batch: int) -> None:
        self._feed, self._batch = feed, batch
        self._thread = ThreadPoolExecutor(1, "ahead")
        self._coming: _Coming | None = None

    def change(self, images: Images, epoch: int, places: Places) -> Images:
        """``Feed.change``; then begins with the places a batch further on in the same epoch."""
        coming, self._coming = self._coming, None
        if coming and coming.epoch == epoch and np.array_equal(coming.places, places):
            changed = coming.images.result()
        else:
            changed = self._feed.change(images, epoch, places)
        after = places + self._batch
        after = after[after < self._feed.samples]
        if len(after):
            self._coming = _Coming(epoch, after, self._thread.submit(self._made, epoch, after))
        return changed

    def _made(self, epoch: int, places: Places) -> Images:
        return self._feed.change(self._feed.images(epoch, places), epoch, places)
