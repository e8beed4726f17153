"""What a network keeps where every worker sees it: weights, gradients and the optimizer's arrays."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from itertools import groupby
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core import random
from thumblab.core.errors import RunError
from thumblab.core.initialize import start
from thumblab.core.layer import Layer, Shape, walk, weights
from thumblab.core.rules import shared_buffers
from thumblab.engines.numpy.workers.protocol import Command, Communicator, WorkerPool
from thumblab.optim import Optimizer, Share, advance, elementwise, flush, shares, update

Array = NDArray[Any]
CHUNK = 16 * 1024
"""Weights an optimizer moves at a time, so that they stay in cache."""


class ParameterStore:
    """Weights and statistics in one vector, trained weights first; gradients and slots beside it.

    Attributes:
        arrays: Every weight and statistic by its path.
        parts: The gradients of each worker, by path; of a layer that has shared_buffers, their sum itself.
        grads: Their sum, by path.
        slots: What the optimizer keeps, by name; each as long as the trained weights.
    """

    def __init__(
        self, worker_pool: WorkerPool, model: Layer, shape: Shape, seed: int, dtype: np.dtype[Any]
    ) -> None:
        owned = weights(model, shape)
        self._shapes = {name: weight.shape for name, weight in owned.items() if weight.trained}
        kept = {name: weight.shape for name, weight in owned.items() if not weight.trained}
        self._size = sum(map(prod, self._shapes.values()))
        self._worker_pool, self._dtype = worker_pool, dtype
        self._flat = self._vector(self._size + sum(map(prod, kept.values())))
        self.arrays = _views(self._flat, self._shapes | kept)
        for name, weight in owned.items():
            self.arrays[name][...] = start(weight, random.stream(seed, "initialise", name))
        self._parts = [self._vector(self._size) for _ in range(worker_pool.count)]
        self._gradient = self._vector(self._size)
        self.grads = _views(self._gradient, self._shapes)
        whole = self._shapes.keys() & _with_shared_buffers(model, shape)
        summed = {name: self.grads[name] for name in whole}
        self.parts = [_views(part, self._shapes) | summed for part in self._parts]
        self._stretches = list(_stretches(self._shapes, whole))
        self.slots: dict[str, Array] = {}
        self._moves, self._known = worker_pool.array((1,), np.int64), 0

    @contextmanager
    def moving(self) -> Iterator[None]:
        """While this is open, weights may move; a process forked from this one can tell."""
        self._count()
        try:
            yield
        finally:
            self._count()

    def _count(self) -> None:
        self._known += 1
        self._moves[0] = self._known

    @property
    def moved(self) -> bool:
        """Whether weights have moved, or did just then, since this process was forked from theirs."""
        return bool(self._moves[0] != self._known or self._known % 2)

    def _vector(self, size: int) -> Array:
        return self._worker_pool.array((size,), self._dtype)

    def admit(self, optimizer: Optimizer) -> None:
        """Makes room for what ``optimizer`` keeps."""
        for name in optimizer.slots:
            if name not in self.slots:
                self.slots[name] = self._vector(self._size)
                if name in optimizer.copies:
                    self.slots[name][...] = self._flat[: self._size]

    def shown(self, slot: str | None) -> dict[str, Array]:
        """The weights that predict: those in ``slot``, once an optimizer keeps averaged ones there."""
        if slot is None or slot not in self.slots:
            return self.arrays
        return self.arrays | _views(self.slots[slot], self._shapes)

    def move(
        self, optimizer: Optimizer | None, rank: int, communicator: Communicator, command: Command
    ) -> None:
        """Sums this worker's share of the gradients, and moves its share of the weights."""
        simple = optimizer is not None and elementwise(optimizer)
        for part, whole in self._chunks(rank, communicator.size):
            total = self._gradient[part]
            first, *others = (vector[part] for vector in self._parts[: communicator.size])
            if others and not whole:
                np.add(first, others[0], out=total)
                for other in others[1:]:
                    total += other
            elif not whole:
                total[...] = first
            if simple and optimizer is not None:  # while the gradient is in cache
                slots = {name: self.slots[name][part] for name in optimizer.slots}
                update(
                    optimizer,
                    self._flat[part],
                    total,
                    slots,
                    command.learning_rate,
                    command.step + 1,
                )
                flush((self._flat[part], *slots.values()), command.step + 1)
        if optimizer is not None and not simple:
            communicator.barrier(rank)
            advance(optimizer, self._share(optimizer, rank, communicator, command))

    def _chunks(self, rank: int, active: int) -> Iterator[tuple[slice, bool]]:
        """Slices that cover what ``rank`` has to move, and whether the gradient there is summed already."""
        first, last = self._size * rank // active, self._size * (rank + 1) // active
        for stretch, whole in self._stretches:
            end = min(stretch.stop, last)
            for begin in range(max(stretch.start, first), end, CHUNK):
                yield slice(begin, min(begin + CHUNK, end)), whole

    def _share(
        self, optimizer: Optimizer, rank: int, communicator: Communicator, command: Command
    ) -> Share:
        """What this worker moves by an optimizer that looks further than one element."""
        pieces = shares(optimizer, self._shapes, communicator.size)[rank]

        def cut(vector: Array) -> dict[str, Array]:
            return {name: vector[part].reshape(shape) for name, (part, shape) in pieces.items()}

        return Share(
            weights=cut(self._flat),
            grads=cut(self._gradient),
            slots={name: cut(self.slots[name]) for name in optimizer.slots},
            learning_rates=dict.fromkeys(pieces, command.learning_rate),
            count=command.step + 1,
            all_reduce=lambda value: communicator.all_reduce(rank, value),
        )

    def state(self) -> dict[str, Array]:
        """Copies of all that a checkpoint needs: ``weights.*`` and ``slots.*``."""
        slots = {f"slots.{name}": slot.copy() for name, slot in self.slots.items()}
        return {f"weights.{name}": array.copy() for name, array in self.arrays.items()} | slots

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``: slots that are not given begin anew; weights alone are enough to predict.

        Raises:
            RunError: If names or shapes are not this architecture's.
        """
        given = {name[8:]: array for name, array in state.items() if name.startswith("weights.")}
        own = {name: array.shape for name, array in self.arrays.items()}
        if {name: array.shape for name, array in given.items()} != own:
            raise RunError(
                f"the stored weights {_some(given)} are not those of this architecture "
                f"{_some(self.arrays)}; load them into the model they were trained with"
            )
        for name, array in given.items():
            self.arrays[name][...] = array
        self.slots.clear()
        for name, array in state.items():
            if name.startswith("slots."):
                self.slots[name[6:]] = self._vector(self._size)
                self.slots[name[6:]][...] = array


def _views(flat: Array, shapes: dict[str, Shape]) -> dict[str, Array]:
    """Consecutive parts of ``flat``, shaped."""
    views, begin = {}, 0
    for name, shape in shapes.items():
        views[name] = flat[begin : begin + prod(shape)].reshape(shape)
        begin += prod(shape)
    return views


def _stretches(shapes: dict[str, Shape], whole: Set[str]) -> Iterator[tuple[slice, bool]]:
    """The vector of all weights cut where weights in ``whole`` begin and end; and whether they are."""
    end = 0
    for inside, names in groupby(shapes, lambda name: name in whole):
        begin, end = end, end + sum(prod(shapes[name]) for name in names)
        yield slice(begin, end), inside


def _with_shared_buffers(model: Layer, shape: Shape) -> set[str]:
    """Paths of the weights whose gradients the workers compute for the whole batch."""
    return {
        f"{path}{name}"
        for path, layer, seen in walk(model, shape)
        if shared_buffers(layer, seen)
        for name in layer.weights(seen)
    }


def _some(arrays: dict[str, Array]) -> str:
    named = [f"{name} {array.shape}" for name, array in arrays.items()]
    return ", ".join(named[:4]) + (", ..." if len(named) > 4 else "")
