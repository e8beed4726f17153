"""The kernel of crops and shifts: a window out of each padded image."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from thumblab.data.pipeline.augment import Pixels

_PAD = {"zero": "constant", "edge": "edge", "reflect": "reflect"}


def windows(
    images: Pixels,
    pad: tuple[int, int],
    start: tuple[NDArray[np.int64], NDArray[np.int64]],
    mode: str,
) -> Pixels:
    """Windows of the images' own size out of the padded images.

    Args:
        images: ``(n, h, w, c)``.
        pad: Pixels added above and below, and left and right.
        start: Top row and left column of each window in the padded image, each ``(n,)``, from 0
            to twice the pad.
        mode: What is added.
    """
    n, h, w, c = images.shape
    tall, wide = pad
    padded = np.pad(images, ((0, 0), (tall, tall), (wide, wide), (0, 0)), _PAD[mode])  # type: ignore[call-overload]
    lines = padded.reshape(n, h + 2 * tall, (w + 2 * wide) * c)
    cut = sliding_window_view(lines, w * c, axis=2)[:, :, ::c]  # (n, H, 2 wide + 1, w c)
    rows = start[0][:, None] + np.arange(h)
    out: Pixels = cut[np.arange(n)[:, None], rows, start[1][:, None]]
    return out.reshape(n, h, w, c)


def whole(draws: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Uniform numbers in ``[0, 1)`` as whole numbers from 0 to ``count - 1``."""
    return (draws * count).astype(np.int64)
