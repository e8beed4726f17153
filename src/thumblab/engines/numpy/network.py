"""An architecture with weights that trains and predicts, with NumPy alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray
from threadpoolctl import threadpool_limits

from thumblab.core import seeds
from thumblab.core.errors import RunError
from thumblab.core.initialise import start
from thumblab.core.layer import Layer, Shape, weights
from thumblab.core.rules import Backward
from thumblab.engines.numpy.door import Door
from thumblab.engines.numpy.frame import Frame, Pass
from thumblab.engines.numpy.shards import Meeting, Shards
from thumblab.engines.numpy.workspace import Workspace
from thumblab.kernels.layout import GROUP, group_count, read_groups, write_groups
from thumblab.layers import Sequential
from thumblab.losses import Loss, objective
from thumblab.optim import Optimizer, update

Array = NDArray[Any]
CHUNK = 16 * 1024
"""Weights an optimizer moves at a time, so that they stay in cache."""


class Network:
    """An architecture with weights.

    Attributes:
        arrays: Every weight and statistic by its path; views of ``flat``.
        grads: The gradient of the last batch by path, summed over shards.
        slots: What the optimizer keeps per weight, by name; each as long as the trained weights.
    """

    def __init__(
        self,
        model: Layer,
        shape: Shape,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        shards: int | None = None,
        rules: Literal["fast", "reference"] = "fast",
        door: Door | None = None,
    ) -> None:
        model.out_shape(shape)  # a shape error surfaces here, before any array exists
        self.model, self.shape, self.seed, self.rules = model, shape, seed, rules
        self.dtype = np.dtype(dtype)
        self.door = door or Door(np.zeros(1), np.ones(1))
        self.shards = Shards(shards or os.cpu_count() or 1)
        threadpool_limits(1, "blas")  # a shard is a thread; BLAS must not add its own
        owned = weights(model, shape)
        trained = {name: w.shape for name, w in owned.items() if w.trained}
        kept = {name: w.shape for name, w in owned.items() if not w.trained}
        sizes = [sum(map(prod, part.values())) for part in (trained, kept)]
        self.flat = np.empty(sum(sizes), self.dtype)
        self.trained_size = sizes[0]
        self.arrays = _views(self.flat, trained | kept)
        for name, weight in owned.items():
            self.arrays[name][...] = start(weight, seeds.stream(seed, "initialise", name))
        self._parts = [np.zeros(sizes[0], self.dtype) for _ in range(self.shards.count)]
        self._part_views = [_views(part, trained) for part in self._parts]
        self._spaces = [Workspace() for _ in range(self.shards.count)]
        self._unread = frozenset(_unread(model, shape, "", read=False)[0])
        self._gradient = np.zeros(sizes[0], self.dtype)
        self.grads = _views(self._gradient, trained)
        self.slots: dict[str, Array] = {}

    def run(
        self, x: Array, *, training: bool, step: int = 0
    ) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
        """Output for a plain batch, and the map from its gradient to all gradients, on one shard.

        The gradient at ``x`` is found under ``"input"``. For tests and for users who look inside.
        """
        shared = self._pass(0, Meeting(1), len(x), 0, len(x), training, step)
        shared.unread = frozenset()
        frame = Frame(shared)
        y, back = frame.run("", self.model, self._laid_out(x, frame))

        def backward(dy: Array) -> dict[str, Array]:
            dx = back(self._laid_out(dy, frame))
            return {**self._part_views[0], "input": _plain(dx, len(x))}

        return _plain(y, len(x)), backward

    def _laid_out(self, plain: Array, frame: Frame) -> Array:
        """Plain values of the network's dtype, in the grouped layout if they are images."""
        plain = plain.astype(self.dtype, copy=False)
        if self.rules == "reference" or plain.ndim != 4:
            return plain
        n, c, h, w = plain.shape
        grouped = frame.bordered(group_count(n), h, w, c)
        write_groups(plain, grouped)
        return grouped

    def gradients(
        self, batch: Array, targets: Array, loss: Loss, *, step: int = 0
    ) -> tuple[float, int]:
        """Writes the gradients of one batch to ``grads``; returns its mean loss and its hits."""

        def task(rank: int, meeting: Meeting, first: int, last: int) -> tuple[float, int]:
            shared = self._pass(rank, meeting, last - first, first, len(batch), True, step)
            own = targets[first:last]
            logits, back = self._logits(shared, batch[first:last])
            value, dlogits = objective(loss, logits, own, shared)
            hits = int((logits.argmax(1) == own).sum())
            back(dlogits)
            meeting.wait()
            self._sum_gradients(rank, meeting.size)
            return value, hits

        results = self._sharded(len(batch), task)
        return sum(value for value, _ in results), sum(hits for _, hits in results)

    def train_step(
        self,
        batch: Array,
        targets: Array,
        *,
        loss: Loss,
        optimizer: Optimizer,
        rate: float,
        step: int,
    ) -> tuple[float, int]:
        """Moves the weights by one batch; returns its mean loss (nats) and its hits before the move."""
        result = self.gradients(batch, targets, loss, step=step)
        if np.isfinite(result[0]):
            self.move(optimizer, rate, step)
        return result

    def move(self, optimizer: Optimizer, rate: float, step: int) -> None:
        """Moves the weights along ``grads``; ``step`` counts from 0."""
        for name in optimizer.slots:
            self.slots.setdefault(name, np.zeros(self.trained_size, self.dtype))

        def task(rank: int, meeting: Meeting) -> None:
            for part in _chunks(self.trained_size, rank, meeting.size):
                slots = {name: self.slots[name][part] for name in optimizer.slots}
                update(optimizer, self.flat[part], self._gradient[part], slots, rate, step + 1)

        self.shards.run(self.shards.count, task)

    def predict(self, batch: Array, *, at_once: int = 512) -> Array:
        """Logits ``(n, classes)`` of images or features, without training."""
        parts = [batch[i : i + at_once] for i in range(0, len(batch), at_once)]
        return np.concatenate([self._predict(part) for part in parts])

    @property
    def shard_count(self) -> int:
        """Parts of a batch computed side by side."""
        return self.shards.count

    def weights(self) -> dict[str, Array]:
        """Copies of every weight and statistic, by the path PyTorch gives it."""
        return {name: array.copy() for name, array in self.arrays.items()}

    def state(self) -> dict[str, Array]:
        """All that a checkpoint needs: ``weights.*`` and what the optimizer keeps, ``slots.*``."""
        slots = {f"slots.{name}": slot.copy() for name, slot in self.slots.items()}
        return {f"weights.{name}": array for name, array in self.weights().items()} | slots

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``; weights alone are enough for prediction.

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
        for name, array in state.items():
            if name.startswith("slots."):
                self.slots[name[6:]] = array.astype(self.dtype)

    def _predict(self, batch: Array) -> Array:
        def task(rank: int, meeting: Meeting, first: int, last: int) -> Array:
            shared = self._pass(rank, meeting, last - first, first, len(batch), False, 0)
            return self._logits(shared, batch[first:last])[0].copy()

        return np.concatenate(self._sharded(len(batch), task))

    def _logits(self, shared: Pass, batch: Array) -> tuple[Array, Backward]:
        frame = Frame(shared)
        if self.rules == "reference" or batch.ndim != 4:
            x = self.door.plain(batch, self.dtype)
        else:
            c, h, w = self.shape
            x = frame.bordered(group_count(len(batch)), h, w, c)
            self.door.grouped(batch, x)
        logits, back = frame.run("", self.model, x)
        return _plain(logits, len(batch)), back

    def _sharded(self, samples: int, task: Callable[[int, Meeting, int, int], Any]) -> list[Any]:
        groups = group_count(samples)
        active = min(self.shards.count, groups)
        cuts = [min(GROUP * (groups * rank // active), samples) for rank in range(active + 1)]
        cuts[-1] = samples
        return self.shards.run(
            active, lambda rank, meeting: task(rank, meeting, cuts[rank], cuts[rank + 1])
        )

    def _pass(
        self, rank: int, meeting: Meeting, samples: int, first: int, batch: int, training: bool, step: int
    ) -> Pass:
        return Pass(
            arrays=self.arrays,
            grads=self._part_views[rank],
            unread=self._unread,
            training=training,
            samples=samples,
            batch=batch,
            seed=self.seed,
            step=step,
            first=first,
            rank=rank,
            meeting=meeting,
            workspace=self._spaces[rank],
            dtype=self.dtype,
        )

    def _sum_gradients(self, rank: int, active: int) -> None:
        for part in _chunks(self.trained_size, rank, active):
            total = self._gradient[part]
            total[...] = self._parts[0][part]
            for other in self._parts[1:active]:
                total += other[part]


def _views(flat: Array, shapes: dict[str, Shape]) -> dict[str, Array]:
    """Consecutive parts of ``flat``, shaped."""
    views, begin = {}, 0
    for name, shape in shapes.items():
        views[name] = flat[begin : begin + prod(shape)].reshape(shape)
        begin += prod(shape)
    return views


def _chunks(size: int, rank: int, active: int) -> Iterator[slice]:
    """Slices that cover the part of ``size`` entries that belongs to ``rank``."""
    first, last = size * rank // active, size * (rank + 1) // active
    for begin in range(first, last, CHUNK):
        yield slice(begin, min(begin + CHUNK, last))


def _some(arrays: dict[str, Array]) -> str:
    named = [f"{name} {array.shape}" for name, array in arrays.items()]
    return ", ".join(named[:4]) + (", ..." if len(named) > 4 else "")


def _plain(values: Array, samples: int) -> Array:
    return read_groups(values, samples) if values.ndim == 5 else values


def _unread(layer: Layer, x: Shape, path: str, read: bool) -> tuple[set[str], bool]:
    """Paths whose input gradient nobody reads, and whether that of the next layer is read.

    Before the first trained weight a gradient has nobody to go to.
    """
    paths = set() if read else {path}
    after = read or (
        not list(layer.inside(x)) and any(w.trained for w in layer.weights(x).values())
    )
    for name, child, shape in layer.inside(x):
        entering = after if isinstance(layer, Sequential) else read
        found, child_read = _unread(child, shape, f"{path}{name}.", entering)
        paths |= found
        after = after or child_read
    return paths, after
