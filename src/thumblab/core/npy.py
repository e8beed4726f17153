"""An array in NumPy's file format, read without trust in what it says of itself."""

from __future__ import annotations

import io
import math
import tokenize
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.library_error import reason

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_BROKEN = (
    *(ValueError, TypeError, SyntaxError, tokenize.TokenError),
    *(RecursionError, MemoryError),
)
"""What NumPy raises, in one version or another, where a header is no literal of Python."""


def read(data: bytes) -> NDArray[Any]:
    """The array that ``data``, the bytes of an ``.npy``, hold; it may not be written to.

    Nothing is allocated for it, and an array of objects, which could run code, is not read.

    Raises:
        ValueError: Why it cannot be read, as the rest of a sentence that begins with its name.

    >>> file = io.BytesIO()
    >>> np.save(file, np.arange(3))
    >>> read(file.getvalue()).tolist()
    [0, 1, 2]
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in _HEADERS:
            raise ValueError(f"its format has version {version}")
        shape, fortran, kind = _HEADERS[version](stream)
    except _BROKEN as error:
        raise ValueError(f"is no array ({reason(error)})") from None
    if kind.hasobject or not kind.itemsize:
        raise ValueError("is an array of objects, which could run code")
    if len(data) - stream.tell() != kind.itemsize * math.prod(shape) or min(shape, default=0) < 0:
        raise ValueError(f"says it is {kind} {shape}, but holds another number of bytes")
    order: Any = "F" if fortran else "C"
    return np.frombuffer(data, kind, offset=stream.tell()).reshape(shape, order=order)
