"""A few images side by side as one PNG, for a look in passing; ``sheet`` has the names of classes too."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_ROWS, MOST_COLUMNS = 10, 10


def thumbnails(images: NDArray[Any], labels: NDArray[Any], classes: int) -> bytes:
    """A PNG with a row for each of the first classes, of its first images.

    Args:
        images: uint8 ``(n, h, w, c)`` with 1 or 3 channels.
        labels: Class of each ``(n,)``.
        classes: How many there are.
    """
    from PIL import Image

    _, height, width, channels = images.shape
    rows = min(classes, MOST_ROWS)
    grid = np.full((rows, height, MOST_COLUMNS, width, channels), 255, np.uint8)
    for label in range(rows):
        for column, place in enumerate(np.flatnonzero(labels == label)[:MOST_COLUMNS]):
            grid[label, :, column] = images[place]
    pixels = grid.reshape(rows * height, MOST_COLUMNS * width, channels)
    file = io.BytesIO()
    Image.fromarray(pixels if channels == 3 else pixels[..., 0]).save(file, "PNG")
    return file.getvalue()
