"""Memory of the operating system's that has no name: it goes with the last process that maps it."""

from __future__ import annotations

import mmap
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def mapped(size: int, **options: int) -> mmap.mmap:
    """``size`` zeroed bytes; what is never touched costs nothing.

    Raises:
        MemoryError: If they cannot be had.
    """
    try:
        return mmap.mmap(-1, max(size, 1), **options)
    except (
        OSError,
        OverflowError,
        ValueError,
    ) as error:  # ENOMEM, or more than there are addresses
        raise MemoryError(f"{size / 2**20:,.0f} MiB cannot be had: {error}") from error


def shared_zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Zeroed memory that processes forked from now on share.

    Raises:
        MemoryError: If it cannot be had.
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    return np.frombuffer(mapped(size), dtype, prod(shape)).reshape(shape)
