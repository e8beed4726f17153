"""Images as lines of numbers, as Kaggle repacks MNIST and its kin: a label, then the pixels row by row.

A first line of names is passed over; the column called ``label`` is the label, else the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.data.dataset import Split

PIECE = 1 << 22
"""So many bytes are read as numbers at a time."""

LABEL = "label"


def csv_part(data: bytes, name: str) -> Split:
    """Gray square images ``(n, s, s, 1)`` and their labels.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Raises:
        DataError: If a line is another number of values, or one is no whole number from 0 to 255.
    """
    if b"\r" in data[: 1 << 16]:
        data = data.replace(b"\r\n", b"\n")
    head, _, rest = data.partition(b"\n")
    names = [field.strip(' "').lower() for field in head.decode("utf-8", "replace").split(",")]
    has_names = any(field[:1].isalpha() or "pixel" in field for field in names)
    body = rest if has_names else data
    if has_names and LABEL not in names:
        raise DataError(f"{name} has no column called {LABEL}; give the file with labels")
    width = len(names)
    side = isqrt(width - 1)
    if side < 2 or side * side != width - 1:
        raise DataError(
            f"{name} has {width:,} values in its first line, not a label and a square of pixels"
        )
    at = names.index(LABEL) if has_names else 0
    blocks = [_numbers(piece, width, name) for piece in _pieces(body)]
    rows = np.concatenate(blocks) if blocks else np.empty((0, width), np.uint8)
    images = np.delete(rows, at, axis=1).reshape(-1, side, side, 1)
    return Split(images, rows[:, at].astype(np.int64))


def _pieces(body: bytes) -> Iterator[bytes]:
    """``body`` in whole lines."""
    start, body = 0, body.rstrip(b"\n") + b"\n"
    while start < len(body) - 1:
        end = body.rfind(b"\n", start, start + PIECE) + 1
        end = end or body.find(b"\n", start) + 1
        yield body[start:end]
        start = end


def _numbers(piece: bytes, width: int, name: str) -> NDArray[np.uint8]:
    """Lines of ``width`` whole numbers from 0 to 255, as rows."""
    text = np.frombuffer(piece, np.uint8)
    ends = np.flatnonzero((text == ord(",")) | (text == ord("\n")))
    digits = np.diff(ends, prepend=-1) - 1
    lines = np.flatnonzero(text[ends] == ord("\n"))
    plain = digits.min(initial=1) >= 1 and digits.max(initial=1) <= 3
    figures = (text >= ord("0")) & (text <= ord("9"))
    whole = plain and np.count_nonzero(figures) + len(ends) == len(text)
    if not whole or (np.diff(lines, prepend=-1) != width).any():
        raise DataError(f"{name} has a line that is not {width:,} whole numbers; get it again")
    values = (text[ends - 1] - ord("0")).astype(np.int64)
    for place in (1, 2):
        longer = digits > place
        values[longer] += 10**place * (text[ends[longer] - 1 - place].astype(np.int64) - ord("0"))
    if values.max(initial=0) > 255:
        raise DataError(f"{name} has the value {values.max()}, but pixels end at 255")
    return values.astype(np.uint8).reshape(-1, width)
