"""An architecture with weights that trains and predicts, with NumPy alone."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray
from threadpoolctl import threadpool_limits

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import Backward, boards
from thumblab.engines.numpy.door import Door
from thumblab.engines.numpy.frame import Frame, Pass, Rule, run_rule
from thumblab.engines.numpy.fuse import fuse
from thumblab.engines.numpy.shards import Alone, Kind, Meeting, Order, cores, open_crew, put
from thumblab.engines.numpy.store import Store
from thumblab.engines.numpy.survey import reads_plain, unread
from thumblab.engines.numpy.workspace import Workspace
from thumblab.kernels.layout import GROUP, as_plain, group_count, write_groups
from thumblab.kernels.plan import STANDARD, Plan
from thumblab.losses import Loss, objective, plain_cross_entropy
from thumblab.optim import Optimizer

Array = NDArray[Any]
Augment = Callable[[Array, int, Array], Array]
"""``(images, epoch, places in it) -> images``, of another size perhaps."""
GRADIENTS, TRAIN, PREDICT = range(3)


class Network:
    """An architecture with weights.

    Attributes:
        arrays: Every weight and statistic by its path.
        grads: The gradient of the last batch by path, summed over shards.
        rule: Runs each layer; whoever wants to look on puts something around it.
        cross_entropy: Plain cross-entropy of the last training batch over the classes, nats.
    """

    def __init__(
        self,
        model: Layer,
        shape: Shape,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        shards: int | None = None,
        kind: Kind | None = None,
        rules: Literal["fast", "reference"] = "fast",
        precise: bool = False,
        plan: Plan = STANDARD,
        fused: bool = True,
        door: Door | None = None,
        augment: Augment | None = None,
        shown: str | None = None,
        classes: int | None = None,
    ) -> None:
        written = model.out_shape(shape)  # a shape error surfaces here, before any array exists
        self.model, self.shape, self.seed, self.rules = model, shape, seed, rules
        self.dtype, self.precise, self.plan = np.dtype(dtype), precise, plan
        fuses = fused and rules == "fast"
        self._learning = fuse(model) if fuses else model
        self._predicting = fuse(model, back=False) if fuses else model
        self.door = door or Door(np.zeros(1), np.ones(1))
        self.augment, self.shown, self.classes = augment, shown, classes
        self.rule: Rule = run_rule
        threadpool_limits(1, "blas")  # a shard is a thread; BLAS must not add its own
        own = weakref.proxy(self)
        self.crew = open_crew(shards or cores(), lambda *told: own._work(*told), kind)
        self.store = Store(self.crew, model, shape, seed, self.dtype)
        self.arrays, self.grads = self.store.arrays, self.store.grads
        self._spaces = [Workspace() for _ in range(self.crew.count)]
        self._trained: list[Shape] = [()] * self.crew.count
        self._plain = rules == "reference" or reads_plain(model, shape)
        self._unread = unread(model, shape)
        self._results = self.crew.array((self.crew.count, 3), np.float64)
        self.cross_entropy = 0.0
        self._told: tuple[Loss | None, Optimizer | None] = (None, None)
        self._batch, self._targets, self._places = (np.zeros(0),) * 3
        self._boards: dict[str, Array] = {}
        self._logits_out = np.zeros((0, *written), self.dtype)

    def run(
        self, x: Array, *, training: bool, step: int = 0
    ) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
        """Output for a plain batch, and the map from its gradient to all gradients, on one shard.

        The map is used up by the first call; the gradient at ``x`` is found under ``"input"``.
        """
        shared = self._pass(0, Alone(), len(x), 0, len(x), training, step)
        shared.unread, shared.records = {}, True
        frame = Frame(shared, plain=self.rules == "reference")
        y, back = frame.run("", self._learning, self._laid_out(x, frame))
        self._renew(shared)
        unused = [back]

        def backward(dy: Array) -> dict[str, Array]:
            if not unused:
                raise UsageError("this pass has been gone back already; run the batch again")
            dx = unused.pop()(self._laid_out(dy, frame))
            return {**self.store.parts[0], "input": as_plain(dx, len(x))}

        return as_plain(y, len(x)), backward

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
        self._tell(loss, self._told[1])
        self._admit(batch, targets)
        return self._order(GRADIENTS, len(batch), step)

    def train_step(
        self,
        batch: Array,
        targets: Array,
        *,
        loss: Loss,
        optimizer: Optimizer,
        rate: float,
        step: int,
        epoch: int = 0,
        places: Array | None = None,
    ) -> tuple[float, int]:
        """Moves the weights by one batch; returns its mean loss (nats) and its hits before the move.

        A batch whose loss is not finite moves nothing, no statistics either. ``epoch`` and ``places``
        (where in it these samples stand) are for the augmentation, which every shard does for its part.
        """
        self._tell(loss, optimizer)
        self._admit(batch, targets, np.arange(len(batch)) if places is None else places)
        return self._order(TRAIN, len(batch), step, epoch, rate)

    def predict(self, batch: Array, *, at_once: int = 512) -> Array:
        """Logits ``(n, classes)``, without training; outputs beyond the classes are no answer."""
        return self.outputs(batch, at_once=at_once)[:, : self.classes]

    def outputs(self, batch: Array, *, at_once: int = 512) -> Array:
        """All that the last layer writes, ``(n, outputs)``; see ``predict``."""
        parts = [self._logits_out[:0].copy()]
        for begin in range(0, len(batch), at_once):
            part = batch[begin : begin + at_once]
            self._admit(part, None)
            self._order(PREDICT, len(part), 0)
            parts.append(self._logits_out[: len(part)].copy())
        return np.concatenate(parts)

    def _tell(self, loss: Loss | None, optimizer: Optimizer | None) -> None:
        """Makes loss and optimizer known to every shard."""
        if (loss, optimizer) == self._told:
            return
        if optimizer is not None:
            self.store.admit(optimizer)
        self._told = loss, optimizer
        self.crew.renew()

    def _admit(self, batch: Array, targets: Array | None, places: Array | None = None) -> None:
        """Puts a batch where every shard sees it, and makes room for what they tell each other."""
        if len(batch) > len(self._batch):
            self._boards = {
                f"{path}{name}": self.crew.array((len(batch), width), self.dtype)
                for path, layer, seen in walk(self.model, self.shape)
                for name, width in boards(layer, seen).items()
            }
        self._batch = put(self.crew, self._batch, batch)
        if targets is None:
            self._logits_out = put(self.crew, self._logits_out, self._logits_out[:0], len(batch))
        else:
            self._targets = put(self.crew, self._targets, targets)
        if places is not None:
            self._places = put(self.crew, self._places, places)

    def _order(
        self, task: int, samples: int, step: int, epoch: int = 0, rate: float = 0.0
    ) -> tuple[float, int]:
        active = min(self.crew.count, group_count(samples))
        self.crew.run(Order(task, samples, step, epoch, rate), active)
        loss, hits, cross_entropy = self._results[:active].sum(0)
        self.cross_entropy = float(cross_entropy)
        return float(loss), int(hits)

    def _work(self, rank: int, meeting: Meeting, order: Order) -> None:
        """What one shard does of an order."""
        groups, n = group_count(order.samples), order.samples
        first = min(GROUP * (groups * rank // meeting.size), n)
        last = min(GROUP * (groups * (rank + 1) // meeting.size), n)
        training, batch = order.task != PREDICT, self._batch[first:last]
        if order.task == TRAIN and self.augment is not None:
            batch = self.augment(batch, order.epoch, self._places[first:last])
        if training and self._trained[rank] != batch.shape[1:]:  # memory fits one size of images
            self._spaces[rank], self._trained[rank] = Workspace(), batch.shape[1:]
        shared = self._pass(rank, meeting, last - first, first, n, training, order.step)
        logits, back = self._logits(shared, batch)
        if not training:
            self._logits_out[first:last] = logits
            return
        loss, optimizer = self._told
        assert loss is not None
        targets = self._targets[first:last]
        value, dlogits = objective(loss, logits, targets, shared)
        plain, hits = plain_cross_entropy(logits, targets, self.classes)
        self._results[rank] = value, hits, plain / n
        back(dlogits)
        meeting.wait(rank)
        finite = np.isfinite(self._results[: meeting.size, 0]).all()
        if finite and rank == 0:
            self._renew(shared)
        moves = finite and order.task == TRAIN
        self.store.move(optimizer if moves else None, rank, meeting, order)

    def _renew(self, shared: Pass) -> None:
        """Sets the statistics that a pass has found."""
        for path, value in shared.updates.items():
            self.arrays[path][...] = value

    @property
    def shard_count(self) -> int:
        """Parts of a batch computed side by side."""
        return self.crew.count

    @property
    def device_and_threads(self) -> tuple[str, int]:
        """What computes a shard: the CPU, with one thread."""
        return "cpu", 1

    def weights(self) -> dict[str, Array]:
        """Copies of every weight and statistic, by the path PyTorch gives it.

        Where the optimizer keeps averaged weights to be evaluated, those.
        """
        shown = self.store.shown(self.shown)
        return {name: array.copy() for name, array in shown.items()}

    def state(self) -> dict[str, Array]:
        """All that a checkpoint needs: ``weights.*`` and what the optimizer keeps, ``slots.*``."""
        return self.store.state()

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``; raises ``RunError`` if names or shapes are not this model's."""
        self.store.load(state)
        self._told = None, None  # the optimizer's slots are made at the next step

    def _logits(self, shared: Pass, batch: Array) -> tuple[Array, Backward]:
        frame = Frame(shared, plain=self.rules == "reference")
        if self._plain or batch.ndim != 4:
            x = self.door.plain(batch, frame.empty)
        else:
            h, w, c = batch.shape[1:]
            x = frame.bordered(group_count(len(batch)), h, w, c)
            self.door.grouped(batch, x, frame.empty)
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
            arrays=self.arrays if training else self.store.shown(self.shown),
            updates={},
            grads=self.store.parts[rank],
            unread=self._unread,
            training=training,
            precise=self.precise,
            records=training,
            plan=self.plan,
            samples=samples,
            batch=batch,
            seed=self.seed,
            step=step,
            first=first,
            rank=rank,
            meeting=meeting,
            boards=self._boards,
            workspace=self._spaces[rank],
            dtype=self.dtype,
            rule=self.rule,
        )
