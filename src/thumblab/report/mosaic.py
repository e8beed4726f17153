"""One large picture that holds many images, so that a page embeds one and not thousands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.report.embed import picture_uri

Array = NDArray[Any]

LARGEST = 64
"""Images are made smaller if a side is longer."""

SHOWN = 64
"""Pixels of the screen that an image should about fill, by a whole factor."""

COLUMNS = 64


def embedded_size(images: Array) -> tuple[int, int]:
    """Height and width of images ``(n, h, w, c)`` as a page embeds them."""
    step = _step(images)
    return -(-images.shape[1] // step), -(-images.shape[2] // step)


class Mosaic:
    """Images side by side, row after row.

    Args:
        images: uint8 ``(n, h, w, c)``, at least one.

    Attributes:
        high: Pixels of an image as embedded; ``wide`` likewise.
        zoom: Whole factor by which the page enlarges them.
        columns: Images in a row; ``lines`` is how many rows there are.
        uri: The large picture.
    """

    def __init__(self, images: Array) -> None:
        step = _step(images)
        self.high, self.wide = embedded_size(images)
        self.zoom = max(1, round(SHOWN / max(self.high, self.wide)))
        self.columns = min(COLUMNS, len(images))
        self.lines = -(-len(images) // self.columns)
        self.uri = picture_uri(self._joined(images[:, ::step, ::step]))

    def _joined(self, images: Array) -> NDArray[np.uint8]:
        cells = self.columns * self.lines
        whole = np.zeros((cells, *images.shape[1:]), np.uint8)
        whole[: len(images)] = images
        grid = whole.reshape(self.lines, self.columns, *images.shape[1:]).swapaxes(1, 2)
        return grid.reshape(self.lines * self.high, self.columns * self.wide, -1)


def _step(images: Array) -> int:
    return int(-(-max(images.shape[1:3]) // LARGEST))
