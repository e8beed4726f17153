"""What the workers of a network exchange: a batch on its way in, results on their way out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import shared_buffers
from thumblab.engines.numpy.workers.protocol import WorkerPool

Array = NDArray[Any]


class Exchange:
    """Arrays that every worker sees; they grow with the largest batch.

    Attributes:
        batch: Images or features.
        targets: Of the samples in ``batch``.
        indices: Where these samples stand in their epoch.
        logits: Of the samples in ``batch``.
        results: Each worker's part of the loss, correct predictions, and part of the plain cross-entropy.
        shared_buffers: What the workers write for each other, by path (see ``core.rules.shared_buffers``).
    """

    def __init__(
        self, worker_pool: WorkerPool, model: Layer, shape: Shape, dtype: np.dtype[Any]
    ) -> None:
        self._worker_pool, self._dtype = worker_pool, dtype
        self._widths = {
            f"{path}{name}": width
            for path, layer, seen in walk(model, shape)
            for name, width in shared_buffers(layer, seen).items()
        }
        self.batch: Array = np.zeros(0)
        self.targets: Array = np.zeros(0)
        self.indices: Array = np.zeros(0, np.int64)
        self.logits = np.zeros((0, *model.out_shape(shape)), dtype)
        self.results = worker_pool.array((worker_pool.count, 3), np.float64)
        self.shared_buffers: dict[str, Array] = {}

    def admit(self, batch: Array, targets: Array | None, indices: Array | None = None) -> None:
        """Takes a batch in; one without targets is to be predicted."""
        if len(batch) > len(self.batch):
            self.shared_buffers = {
                path: self._worker_pool.array((len(batch), width), self._dtype)
                for path, width in self._widths.items()
            }
        self.batch = self._held(self.batch, batch)
        if targets is None:
            self.logits = self._held(self.logits, self.logits[:0], len(batch))
        else:
            self.targets = self._held(self.targets, targets)
        if indices is not None:
            self.indices = self._held(self.indices, indices)

    def _held(self, held: Array, given: Array, size: int = 0) -> Array:
        """``held`` with ``given`` in it; new and larger memory if it does not hold so much."""
        size = max(size, len(given))
        if held.shape[1:] != given.shape[1:] or held.dtype != given.dtype or len(held) < size:
            size = max(size, len(held))
            held = self._worker_pool.array((size, *given.shape[1:]), given.dtype)
        held[: len(given)] = given
        return held
