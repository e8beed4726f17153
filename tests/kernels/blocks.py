"""Images in the blocked layout, and memory that is NaN, so that nothing unwritten can be read unnoticed."""

from __future__ import annotations

from typing import Any

import numpy as np

from thumblab.engines.numpy.memory import Workspace
from thumblab.kernels.layout import BLOCK, block_count, read_blocks, write_blocks

Array = Any


class Fresh(Workspace):
    """A worker's memory, of which everything that is lent is NaN first."""

    def empty(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        return self._spoiled(super().empty(shape, dtype))

    def scratch(self, name: str, size: int) -> Array:
        return self._spoiled(super().scratch(name, size))

    def zero_padded(self, blocks: int, height: int, width: int, channels: int) -> Array:
        memory = super().zero_padded(blocks, height, width, channels)
        self._spoiled(memory[:, 1:-1, 1:-1])
        return memory

    @staticmethod
    def _spoiled(memory: Array) -> Array:
        memory[...] = np.nan
        return memory


def fresh(dtype: Any = np.float64) -> Fresh:
    """Such memory of a dtype."""
    return Fresh(np.dtype(dtype))


def blocked(plain: Array) -> Array:
    """Images ``(n, c, h, w)`` in the layout, padding samples and border zero."""
    samples, c, h, w = plain.shape
    out = np.zeros((block_count(samples), h + 2, w + 2, BLOCK, c), plain.dtype)
    write_blocks(plain, out)
    return out


def plain(blocked: Array, samples: int) -> Array:
    """The inverse of ``blocked``, after a look at the border."""
    for edge in (blocked[:, 0], blocked[:, -1], blocked[:, :, 0], blocked[:, :, -1]):
        assert not edge.any()
    return read_blocks(blocked, samples)
