"""What one shard does of an order: the whole network, on its part of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Backward
from thumblab.engines.numpy.context import Frame, Pass, Rule, run_rule
from thumblab.engines.numpy.fusion.fuse import fuse
from thumblab.engines.numpy.graph import reads_plain, unread
from thumblab.engines.numpy.input import Door
from thumblab.engines.numpy.memory.workspace import Workspace
from thumblab.engines.numpy.parameters import Store
from thumblab.engines.numpy.workers.exchange import Exchange
from thumblab.engines.numpy.workers.protocol import Meeting, Order
from thumblab.kernels.layout import GROUP, as_plain, group_count, write_groups
from thumblab.kernels.plan import Plan
from thumblab.losses import Loss, objective, plain_cross_entropy
from thumblab.optim import Optimizer, flush

Array = NDArray[Any]
Augment = Callable[[Array, int, Array], Array]
"""``(images, epoch, places in it) -> images``, of another size perhaps."""
GRADIENTS, TRAIN, PREDICT = range(3)


@dataclass(frozen=True, eq=False)
class Options:
    """How a network computes.

    Attributes:
        seed: Of the first weights and of what layers draw.
        dtype: Of weights and activations.
        reference: Whether plain rules alone are asked.
        precise: Whether rounding errors count for more than speed.
        plan: Which kernel convolves what.
        fused: Whether runs of layers are rewritten into fused ones.
        door: Where a batch is normalized.
        augment: What changes the images of a training step first.
        shown: The slot of the optimizer that holds the weights to predict with, if not those that train.
        classes: How many outputs are answers; None for all.
    """

    seed: int
    dtype: np.dtype[Any]
    reference: bool
    precise: bool
    plan: Plan
    fused: bool
    door: Door
    augment: Augment | None
    shown: str | None
    classes: int | None


class Worker:
    """Runs the network for any shard; what the shards share is handed in.

    Attributes:
        rule: Runs each layer; whoever wants to look on puts something around it.
        augment: Changes the images of a training step.
        told: The loss and the optimizer of training.
        spaces: The memory of each shard.
    """

    def __init__(self, model: Layer, shape: Shape, options: Options) -> None:
        self.options = options
        fuses = options.fused and not options.reference
        self._learning = fuse(model) if fuses else model
        self._predicting = fuse(model, back=False) if fuses else model
        self._plain = options.reference or reads_plain(model, shape)
        self._unread = unread(model, shape)
        self.rule: Rule = run_rule
        self.augment = options.augment
        self.told: tuple[Loss | None, Optimizer | None] = (None, None)
        self.spaces: list[Workspace] = []

    def attach(self, count: int, store: Store, exchange: Exchange) -> None:
        """Works from now on as any of ``count`` shards that share ``store`` and ``exchange``."""
        self.store, self.exchange = store, exchange
        self.spaces = [Workspace() for _ in range(count)]
        self._trained: list[Shape] = [()] * count

    @property
    def held(self) -> int:
        """Bytes that the shards keep from one step to the next; they are as large as each other."""
        return len(self.spaces) * max(space.nbytes for space in self.spaces)

    def free(self) -> None:
        """Gives the memory of this process' shards back."""
        self.attach(len(self.spaces), self.store, self.exchange)

    def run(
        self, x: Array, meeting: Meeting, *, training: bool, step: int
    ) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
        """Output for a plain batch, and the map from its gradient to all gradients, on one shard."""
        shared = self._pass(0, meeting, len(x), 0, len(x), training, step)
        shared.unread, shared.records = {}, True
        frame = Frame(shared, plain=self.options.reference)
        y, back = frame.run("", self._learning, self._laid_out(x, frame))
        self._renew(shared)
        kept = [back]

        def backward(dy: Array) -> dict[str, Array]:
            dx = kept.pop()(self._laid_out(dy, frame))
            return {**self.store.parts[0], "input": as_plain(dx, len(x))}

        return as_plain(y, len(x)), backward

    def _laid_out(self, plain: Array, frame: Frame) -> Array:
        """Plain values of the network's dtype, in the grouped layout if they are images."""
        plain = plain.astype(self.options.dtype, copy=False)
        if self.options.reference or plain.ndim != 4:
            return plain
        n, c, h, w = plain.shape
        grouped = frame.bordered(group_count(n), h, w, c)
        write_groups(plain, grouped)
        return grouped

    def work(self, rank: int, meeting: Meeting, order: Order) -> None:
        """What one shard does of an order."""
        groups, n = group_count(order.samples), order.samples
        first = min(GROUP * (groups * rank // meeting.size), n)
        last = min(GROUP * (groups * (rank + 1) // meeting.size), n)
        training, batch = order.task != PREDICT, self.exchange.batch[first:last]
        if order.task == TRAIN and self.augment is not None:
            batch = self.augment(batch, order.epoch, self.exchange.places[first:last])
        if training and self._trained[rank] != batch.shape[1:]:  # memory fits one size of images
            self.spaces[rank], self._trained[rank] = Workspace(), batch.shape[1:]
        shared = self._pass(rank, meeting, last - first, first, n, training, order.step)
        logits, back = self._logits(shared, batch)
        if not training:
            self.exchange.logits[first:last] = logits
            return
        loss, optimizer = self.told
        assert loss is not None
        targets = self.exchange.targets[first:last]
        value, dlogits = objective(loss, logits, targets, shared)
        plain, hits = plain_cross_entropy(logits, targets, self.options.classes)
        self.exchange.results[rank] = value, hits, plain / n
        back(dlogits)
        meeting.wait(rank)
        finite = np.isfinite(self.exchange.results[: meeting.size, 0]).all()
        if finite and rank == 0:
            self._renew(shared)
        moves = finite and order.task == TRAIN
        self.store.move(optimizer if moves else None, rank, meeting, order)

    def _renew(self, shared: Pass) -> None:
        """Sets the statistics that a pass has found."""
        for path, value in shared.updates.items():
            self.store.arrays[path][...] = value
        flush((self.store.arrays[path] for path in shared.updates), shared.step + 1)

    def _logits(self, shared: Pass, batch: Array) -> tuple[Array, Backward]:
        frame = Frame(shared, plain=self.options.reference)
        if self._plain or batch.ndim != 4:
            x = self.options.door.plain(batch, frame.empty)
        else:
            h, w, c = batch.shape[1:]
            x = frame.bordered(group_count(len(batch)), h, w, c)
            self.options.door.grouped(batch, x, frame.empty)
        model = self._learning if shared.records else self._predicting
        logits, back = frame.run("", model, x)
        return as_plain(logits, len(batch)), back

    def _pass(
        self,
        rank: int,
        meeting: Meeting,
        samples: int,
        first: int,
        batch: int,
        training: bool,
        step: int,
    ) -> Pass:
        return Pass(
            arrays=self.store.arrays if training else self.store.shown(self.options.shown),
            updates={},
            grads=self.store.parts[rank],
            unread=self._unread,
            training=training,
            precise=self.options.precise,
            records=training,
            plan=self.options.plan,
            samples=samples,
            batch=batch,
            seed=self.options.seed,
            step=step,
            first=first,
            rank=rank,
            meeting=meeting,
            boards=self.exchange.boards,
            workspace=self.spaces[rank],
            dtype=self.options.dtype,
            rule=self.rule,
        )
