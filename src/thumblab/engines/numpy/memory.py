"""Memory kept from one step to the next, so that a step allocates nothing large.

An array is lent for as long as anything refers to it: the workspace keeps the memory and counts references.
Activations live while a backward pass may need them, gradients until the next layer has read them, and
both are then lent again without a name or a plan.

It is cut from pieces that the system was asked to map in huge pages: layers walk through megabytes with
long strides, and with pages of 4 KiB the processor then waits for their addresses (a tenth of a
convolution's time).
"""

from __future__ import annotations

import contextlib
import mmap
import sys
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.kernels.layout import BLOCK


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


Key = tuple[str, tuple[int, ...], np.dtype[Any]]


def _references(blocks: list[NDArray[Any]], place: int) -> int:
    return sys.getrefcount(blocks[place])


_UNUSED = _references([np.empty(1)], 0)
"""The count of a block that only its list refers to."""


@dataclass
class Workspace:
    """Memory of one worker (see ``core.rules.Memory``); not shared between threads.

    Attributes:
        dtype: Of what is lent, unless another is asked for.
    """

    dtype: np.dtype[Any]
    blocks: dict[Key, list[NDArray[Any]]] = field(default_factory=dict)
    vectors: dict[str, NDArray[Any]] = field(default_factory=dict)
    arena: Arena = field(default_factory=Arena)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Uninitialized memory."""
        return self._lend("empty", shape, np.dtype(dtype or self.dtype))

    def zero_padded(self, blocks: int, height: int, width: int, channels: int) -> NDArray[Any]:
        """Memory in the blocked layout; its border is zero, its pixels are uninitialized."""
        return self._lend("bordered", (blocks, height + 2, width + 2, BLOCK, channels), self.dtype)

    def scratch(self, name: str, size: int) -> NDArray[Any]:
        """A vector that every caller of ``name`` shares; it grows with the largest wish."""
        held = self.vectors.get(name)
        if held is None or held.size < size:
            held = self.vectors[name] = self.arena.zeros(size, self.dtype)
        return held[:size]

    def _lend(self, kind: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """The first entries of a free block, so that a short last batch reuses memory."""
        blocks = self.blocks.setdefault((kind, shape[1:], dtype), [])
        size = prod(shape)
        for place in range(len(blocks)):
            if blocks[place].size >= size and _references(blocks, place) == _UNUSED:
                return blocks[place][:size].reshape(shape)
        blocks.append(self.arena.zeros(size, dtype))
        return blocks[-1][:].reshape(shape)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        lent = sum(block.nbytes for blocks in self.blocks.values() for block in blocks)
        return lent + sum(vector.nbytes for vector in self.vectors.values())
