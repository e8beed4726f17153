"""Memory kept from one step to the next, so that a step allocates nothing large.

An array is lent for as long as anything refers to it: the workspace keeps the memory and counts references.
Activations live while a backward pass may need them, gradients until the next layer has read them, and
both are then lent again without a name or a plan.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.engines.numpy.memory.arena import Arena
from thumblab.kernels.layout import BLOCK

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
