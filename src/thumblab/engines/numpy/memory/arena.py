"""Memory in huge pages, where the operating system has them.

Layers walk through megabytes with long strides; with pages of 4 KiB the processor then waits for their
addresses (a tenth of a convolution's time). Memory is taken from the system in large pieces, is handed out
from front to back, and is given back as a whole.
"""

from __future__ import annotations

import contextlib
import mmap
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.engines.numpy.memory.shared_memory import mapped

PIECE = 32 * 1024 * 1024
"""Bytes taken at a time; what is no_backward touched costs nothing."""
PAGE = 2 * 1024 * 1024
"""Bytes of a huge page."""
LINE = 64
"""Bytes of a cache line, which every array begins with."""


@dataclass
class Arena:
    """A growing supply of zeroed memory; nothing is ever taken back."""

    piece: mmap.mmap | None = field(default=None, repr=False)
    used: int = 0

    def zeros(self, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """A zeroed vector whose views refer to it and to nothing else, so that they can be counted."""
        size = count * dtype.itemsize
        if self.piece is None or self.used + size > len(self.piece):
            self.piece, self.used = _huge(size), 0
        start, self.used = self.used, self.used + -(-size // LINE) * LINE
        return np.frombuffer(self.piece, dtype, count, start) if count else np.zeros(0, dtype)


def _huge(size: int) -> mmap.mmap:
    """At least ``size`` bytes, in huge pages if they can be had.

    Raises:
        MemoryError: If the system has not so much.
    """
    whole = max(PIECE, -(-size // PAGE) * PAGE)
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return mapped(whole)
    piece = mapped(whole, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel without them
        piece.madvise(mmap.MADV_HUGEPAGE)
    return piece
