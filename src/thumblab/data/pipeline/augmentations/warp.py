"""The kernel of rotations: a batch resampled under one linear map for each image.

Bilinear, black outside. Places are whole numbers of 1/256 pixel, so that index and weights are
integer arithmetic, and the four neighbors of a place lie in one 32-bit word, so that one look-up
brings all of them and one product weighs two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thumblab.data.pipeline.augment import Pixels

Words = NDArray[np.uint32]

_UNIT, _FRACTION_BITS = 256, 8

_LANES = np.uint32(0x00FF00FF)
"""Selects the first and third byte of a word."""

_BLOCK_PIXELS = 8192
"""Images are warped in blocks of about so many pixels, so that the arrays between stay in cache."""

_FAR = 1 << 20
"""Pixels: what lies farther off is as black as what lies there."""


def warp(images: Pixels, matrix: NDArray[np.float64], moved: NDArray[np.float64]) -> Pixels:
    """Each image with its content mapped about its center.

    Args:
        images: ``(n, h, w, c)``.
        matrix: ``(n, 2, 2)``: from a pixel of the result to where it is read, both as (row,
            column) from the center.
        moved: ``(n, 2)``: rows and columns that the content is moved by, before that.
    """
    n, h, w, _ = images.shape
    out = np.empty_like(images)
    each = max(1, _BLOCK_PIXELS // (h * w))
    for start in range(0, n, each):
        block = slice(start, start + each)
        _warp_block(images[block], matrix[block], moved[block], out[block])
    return out


def _warp_block(
    images: Pixels, matrix: NDArray[np.float64], moved: NDArray[np.float64], out: Pixels
) -> None:
    _, h, w, c = images.shape
    y, x = _places(h, w, matrix, moved)
    image = np.arange(len(images))[:, None, None] * ((h + 2) * (w + 2))
    index = (y >> _FRACTION_BITS) * np.int32(w + 2) + (x >> _FRACTION_BITS) + image
    down, right = ((place & (_UNIT - 1)).astype(np.uint32) for place in (y, x))
    up, left = _UNIT - down, _UNIT - right
    for channel in range(c):
        text = _neighbors(images[..., channel]).take(index)
        both = (text & _LANES) * left + (text >> 8 & _LANES) * right  # upper row | lower << 16
        out[..., channel] = ((both & 0xFFFF) * up + (both >> 16) * down + (1 << 15)) >> 16


def _places(
    h: int, w: int, matrix: NDArray[np.float64], moved: NDArray[np.float64]
) -> list[NDArray[np.int32]]:
    """Row and column that each pixel of the result reads, ``(n, h, w)`` in 1/256 pixel.

    Counted in the frame of ``_neighbors``: 0 is a pixel above or left of the first.
    """
    middle = np.array([(h - 1) / 2, (w - 1) / 2])
    offset = middle + 1 - np.einsum("nij,nj->ni", matrix, moved)
    indices = []
    for axis, side in enumerate((h, w)):
        parts = (
            matrix[:, axis, 0, None] * (np.arange(h) - middle[0]) + offset[:, axis, None],
            matrix[:, axis, 1, None] * (np.arange(w) - middle[1]),
        )
        rows, columns = (
            np.rint(np.clip(part, -_FAR, _FAR) * _UNIT).astype(np.int32) for part in parts
        )
        place = rows[:, :, None] + columns[:, None]
        indices.append(np.clip(place, 0, (side + 1) * _UNIT, out=place))
    return indices


def _neighbors(plane: Pixels) -> Words:
    """The pixels around every place, as flat words of an array ``(n, h + 2, w + 2)``.

    From its lowest byte up, the word of ``(y, x)`` holds the pixels ``(y - 1, x - 1)``,
    ``(y - 1, x)``, ``(y, x - 1)`` and ``(y, x)``; 0 where there is none.
    """
    n, h, w = plane.shape
    text = np.zeros((n, h + 2, w + 2), np.uint32)
    wide = plane.astype(np.uint32)
    for byte, (down, right) in enumerate(((1, 1), (1, 0), (0, 1), (0, 0))):
        text[:, down : down + h, right : right + w] |= wide << (8 * byte)
    return text.reshape(-1)
