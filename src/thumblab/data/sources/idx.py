"""The IDX format of MNIST and its successors: a header of big-endian sizes, then bytes.

Layout: two zero bytes, 8 (unsigned bytes), the number of axes, one 32-bit size for each axis.
Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
"""

from __future__ import annotations

import math
import struct
import sys

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.data.dataset import Split

UNSIGNED_BYTES = 8


def idx(data: bytes, axes: int, name: str) -> NDArray[np.uint8]:
    """The array that ``data`` describe, as a read-only view of them.

    Args:
        data: A whole file, unpacked.
        axes: How many axes it must have.
        name: What to call it in an error.

    Raises:
        DataError: If the header is another one, or the bytes are more or fewer than it says.
    """
    head = 4 + 4 * axes
    if len(data) < head or data[:4] != bytes((0, 0, UNSIGNED_BYTES, axes)):
        raise DataError(
            f"{name} begins with {data[:4].hex(' ') or 'nothing'}, not with 00 00 08 {axes:02x}, "
            f"so it is no IDX file of bytes with {axes} axes; give the official file"
        )
    shape = struct.unpack_from(f">{axes}I", data, 4)
    if len(data) - head != math.prod(shape) or math.prod(filter(None, shape)) > sys.maxsize:
        raise DataError(
            f"{name} says it holds {' x '.join(map(str, shape))} bytes but holds "
            f"{len(data) - head:,}; get it again"
        )
    return np.frombuffer(data, np.uint8, offset=head).reshape(shape)


def idx_part(images: bytes, labels: bytes, name: str) -> Split:
    """Gray images ``(n, h, w, 1)`` and their labels from a pair of IDX files.

    Raises:
        DataError: If a file is damaged, or their counts differ.
    """
    pixels = idx(images, 3, f"{name} images")
    indices = idx(labels, 1, f"{name} labels")
    if len(pixels) != len(indices):
        raise DataError(
            f"{name}: {len(pixels):,} images but {len(indices):,} labels; give a matching pair"
        )
    return Split(pixels[..., None], indices.astype(np.int64))
