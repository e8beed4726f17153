"""A context of one layer whose fresh memory is NaN, so that nothing unwritten can be read unnoticed."""

from __future__ import annotations

from typing import Any

import numpy as np

from thumblab.kernels.layout import BLOCK, block_count, read_blocks, write_blocks
from thumblab.kernels.plan import STANDARD

Array = Any


class Lent:
    """Implements ``core.rules.Context`` for one kernel under test."""

    def __init__(self, **weights: Array) -> None:
        self.weights = weights
        self.grads = {name: np.full_like(array, np.nan) for name, array in weights.items()}
        self.training = self.needs_input_grad = True
        self.precise = False
        self.needs_grad = True
        self.plan = STANDARD
        self.samples = self.batch = 0
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, name: str) -> Array:
        return self.weights[name]

    def grad(self, name: str) -> Array:
        return self.grads[name]

    def empty(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        return np.full(shape, np.nan, dtype or self.dtype)

    def scratch(self, name: str, size: int) -> Array:
        return np.full(size, np.nan, self.dtype)

    def zero_padded(self, blocks: int, height: int, width: int, channels: int) -> Array:
        memory = np.zeros((blocks, height + 2, width + 2, BLOCK, channels), self.dtype)
        memory[:, 1:-1, 1:-1] = np.nan
        return memory


def blocked(plain: Array) -> Array:
    """Images ``(n, c, h, w)`` in the layout, padding_samples and border zero."""
    samples, c, h, w = plain.shape
    out = np.zeros((block_count(samples), h + 2, w + 2, BLOCK, c), plain.dtype)
    write_blocks(plain, out)
    return out


def plain(blocked: Array, samples: int) -> Array:
    """The inverse of ``blocked``, after a look at the border."""
    for edge in (blocked[:, 0], blocked[:, -1], blocked[:, :, 0], blocked[:, :, -1]):
        assert not edge.any()
    return read_blocks(blocked, samples)
