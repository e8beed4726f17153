"""The engine's layout: ``(blocks, height + 2, width + 2, 16, channels)``.

Sixteen images stand side by side just outside the channels, so that one image row is a matrix of
``width * 16`` rows and ``channels`` columns, ready for BLAS. Around every image lies a border of one
pixel that is always zero, so that a 3x3 convolution needs no padding. A batch is filled up to whole
blocks with padding samples, which are always zero too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 16
"""Images in a block."""
STRIP = 512 * 1024
"""Values of a strip, chosen by measurement."""

Array = NDArray[Any]


def block_count(samples: int) -> int:
    """Blocks that hold ``samples`` images; the last one may be filled up with padding samples."""
    return -(-samples // BLOCK)


def inside(x: Array) -> Array:
    """The pixels without their border, ``(g, h, w, 16, c)``; a view."""
    return x[:, 1:-1, 1:-1]


def rows(x: Array) -> Array:
    """The pixels as one matrix per image row, ``(g, h, w * 16, c)``; a view."""
    g, h, w, n, c = x.shape
    return inside(x).reshape(g, h - 2, (w - 2) * n, c)


def lines(x: Array) -> Array:
    """The pixels as one vector per image row, ``(g, h, w * 16 * c)``; a view."""
    g, h, w, n, c = x.shape
    return inside(x).reshape(g, h - 2, (w - 2) * n * c)


def strips(x: Array) -> Iterator[tuple[slice, slice]]:
    """Blocks and image rows of all parts of ``x`` that are small enough to stay in the cache."""
    count, height, length = lines(x).shape
    fit = max(1, STRIP // length)
    height_of = -(-height // -(-height // fit))  # strips of equal height
    blocks = max(1, fit // height)
    for g in range(0, count, blocks):
        for r in range(0, height, height_of):
            yield slice(g, min(g + blocks, count)), slice(r, min(r + height_of, height))


def along_line(values: Array, length: int) -> Array:
    """One value a channel, repeated along a line; ``np.tile`` takes ten times as long."""
    line = np.empty((length // len(values), len(values)), values.dtype)
    line[...] = values
    return line.reshape(-1)


def pixel_sums(x: Array) -> Array:
    """Sums over samples and pixels, one a channel."""
    by_row = rows(x)
    sums: Array = np.matmul(np.ones(by_row.shape[2], x.dtype), by_row).sum((0, 1))
    return sums


def write_blocks(plain: Array, out: Array) -> None:
    """Lays images ``(samples, c, h, w)`` out inside ``out``; padding_samples become zero."""
    samples, c, h, w = plain.shape
    whole = samples // BLOCK
    target = inside(out)
    blocked = plain[: whole * BLOCK].reshape(whole, BLOCK, c, h, w)
    target[:whole] = blocked.transpose(0, 3, 4, 1, 2)
    if whole < len(out):
        rest = samples - whole * BLOCK
        target[whole, :, :, :rest] = plain[whole * BLOCK :].transpose(2, 3, 0, 1)
        target[whole, :, :, rest:] = 0


def read_blocks(x: Array, samples: int) -> Array:
    """The real images of ``x``, as a new array ``(samples, c, h, w)``."""
    g, h, w, n, c = x.shape
    plain = inside(x).transpose(0, 3, 4, 1, 2).reshape(g * n, c, h - 2, w - 2)
    return plain[:samples]


def to_nchw(values: Array, samples: int) -> Array:
    """The real samples of values in either layout: new images, or the features as they are."""
    return read_blocks(values, samples) if values.ndim == 5 else values


def clear_padding_samples(x: Array, samples: int) -> None:
    """Zeroes what lies behind the last real sample."""
    rest = samples % BLOCK
    if rest:
        x[-1, :, :, rest:] = 0
