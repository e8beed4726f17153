"""An architecture with weights that trains and predicts, with NumPy alone."""

from __future__ import annotations

import os
import platform
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.blas import one_blas_thread
from thumblab.core.cpus import usable_cpus
from thumblab.core.errors import RunError, UsageError
from thumblab.core.exclusive import Exclusive, stays_here
from thumblab.core.layer import Layer, Shape
from thumblab.core.memory import out_of_memory
from thumblab.engines.numpy.input import InputTransform
from thumblab.engines.numpy.parameters import ParameterStore
from thumblab.engines.numpy.worker import GRADIENTS, PREDICT, TRAIN, Options, Worker
from thumblab.engines.numpy.workers.exchange import Exchange
from thumblab.engines.numpy.workers.protocol import (
    Command,
    Kind,
    ShouldStop,
    SingleWorker,
    Work,
    WorkerPool,
    carry_on,
)
from thumblab.engines.numpy.workers.threads import ThreadPool
from thumblab.engines.protocol import ImageTransform
from thumblab.kernels.layout import block_count
from thumblab.kernels.plan import STANDARD, Kernels, Plan
from thumblab.losses import Loss
from thumblab.optim import Optimizer

Array = NDArray[Any]


class Network:
    """An architecture with weights.

    Attributes:
        arrays: Every weight and statistic by its path.
        grads: The gradient of the last batch by path, summed over workers.
        worker: What computes one worker's shard of the batch.
        cross_entropy: Plain cross-entropy of the last training batch over the classes, nats.
        should_stop: Asked between two layers, in any thread; once it is true, a pass is abandoned.
    """

    def __init__(
        self,
        model: Layer,
        shape: Shape,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        workers: int | None = None,
        kind: Kind | None = None,
        rules: Literal["fast", "reference"] = "fast",
        precise: bool = False,
        plan: Plan = STANDARD,
        fused: bool = True,
        input_transform: InputTransform | None = None,
        loader: ImageTransform | None = None,
        shown: str | None = None,
        classes: int | None = None,
    ) -> None:
        model.out_shape(shape)  # a shape error surfaces here, before any array exists
        self.model, self.shape, self.dtype = model, shape, np.dtype(dtype)
        options = Options(
            seed=seed,
            dtype=self.dtype,
            reference=rules == "reference",
            kernels=Kernels(plan, precise),
            fused=fused,
            input_transform=input_transform or InputTransform(np.zeros(1), np.ones(1)),
            loader=loader,
            shown=shown,
            classes=classes,
        )
        self.cross_entropy = 0.0
        self.worker = Worker(model, shape, options)
        self.should_stop: ShouldStop = carry_on
        self._exclusive = Exclusive()
        self._workers, self._kind = workers or usable_cpus(), kind
        self._open()

    def _open(self) -> None:
        """Makes the workers and all that they share, with the seed's first weights."""
        own, worker = weakref.proxy(self), weakref.proxy(self.worker)  # no ring of references
        self.worker_pool = open_pool(
            self._workers,
            lambda *values: worker.work(*values),
            self._kind,
            lambda: own.should_stop(),
        )
        with one_blas_thread():
            seed = self.worker.options.seed
            self.store = ParameterStore(self.worker_pool, self.model, self.shape, seed, self.dtype)
        self.arrays, self.grads = self.store.arrays, self.store.grads
        self._exchange = Exchange(self.worker_pool, self.model, self.shape, self.dtype)
        self.worker.attach(self.worker_pool.count, self.store, self._exchange)
        self._process = os.getpid()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One thread at a time; a process that was forked from the network's begins by making it its own.

        Raises:
            RunError: If the other process has moved the weights since, which lie in memory of both.
        """
        with self._exclusive.turn():
            if self._process != os.getpid():
                state = self.store.state()
                if self.store.moved:
                    raise RunError(
                        "a network was trained on in the process that this one was forked from, so its "
                        "weights here are not those of the fork; load it in this process"
                    )
                self._open()
                self._load(state)
            yield

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise stays_here()

    def run(
        self, x: Array, *, training: bool, step: int = 0
    ) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
        """Output for a plain batch, and the map from its gradient to all gradients, on one worker.

        The map is used up by the first call; the gradient at ``x`` is found under ``"input"``.
        """
        with self._turn(), one_blas_thread():
            communicator = SingleWorker(self.should_stop)
            y, back = self.worker.run(x, communicator, training=training, step=step)
        unused = [back]

        def backward(dy: Array) -> dict[str, Array]:
            if not unused:
                raise UsageError("backward() was already called for this pass; run the batch again")
            with self._turn(), one_blas_thread():
                return unused.pop()(dy)

        return y, backward

    def gradients(
        self, batch: Array, targets: Array, loss: Loss, *, step: int = 0
    ) -> tuple[float, int]:
        """Writes the gradients of one batch to ``grads``; returns its mean loss and correct predictions."""
        with self._turn():
            self._tell(loss, self.worker.loss_and_optimizer[1])
            self._exchange.admit(batch, targets)
            return self._command(GRADIENTS, len(batch), step)

    def train_step(
        self,
        batch: Array,
        targets: Array,
        *,
        loss: Loss,
        optimizer: Optimizer,
        learning_rate: float,
        step: int,
        epoch: int = 0,
        indices: Array | None = None,
    ) -> tuple[float, int]:
        """One step; returns the batch's mean loss (nats) and correct predictions before it.

        A batch whose loss is not finite moves nothing, no statistics either. ``epoch`` and ``indices``
        (where in it these samples stand) are for the augmentation, which every worker does for its part.

        Raises:
            OutOfMemoryError: If there is not enough for the batch; it says how many samples might fit.
            StepAbandonedError: If ``should_stop`` says so between two layers; nothing has moved then.
        """
        indices = np.arange(len(batch)) if indices is None else indices
        with self._turn(), self._memory(len(batch), "trained on"), self.store.moving():
            self._tell(loss, optimizer)
            self._exchange.admit(batch, targets, indices)
            return self._command(TRAIN, len(batch), step, epoch, learning_rate)

    def predict(self, batch: Array, *, at_once: int = 512) -> Array:
        """Logits ``(n, classes)`` without training; outputs beyond the classes are no answer.

        Raises:
            Exception: As in ``train_step``.
        """
        return self.outputs(batch, at_once=at_once)[:, : self.worker.options.classes]

    def outputs(self, batch: Array, *, at_once: int = 512) -> Array:
        """All that the last layer writes, ``(n, outputs)``; see ``predict``."""
        with self._turn():
            parts = [self._exchange.logits[:0].copy()]
            for begin in range(0, len(batch), at_once):
                part = batch[begin : begin + at_once]
                with self._memory(len(part), "predicted"):
                    self._exchange.admit(part, None)
                    self._command(PREDICT, len(part), 0)
                    parts.append(self._exchange.logits[: len(part)].copy())
            return np.concatenate(parts)

    @contextmanager
    def _memory(self, samples: int, done: str) -> Iterator[None]:
        """Says of memory that has run out how many samples might fit, and frees what the pass had."""
        try:
            yield
        except MemoryError as error:
            held = self.worker.held
            self.worker.free()
            raise out_of_memory(error, samples, held, done=done) from error

    def _tell(self, loss: Loss | None, optimizer: Optimizer | None) -> None:
        """Makes loss and optimizer known to every worker."""
        if (loss, optimizer) == self.worker.loss_and_optimizer:
            return
        if optimizer is not None:
            self.store.admit(optimizer)
        self.worker.loss_and_optimizer = loss, optimizer
        self.worker_pool.restart()

    def _command(
        self, task: int, samples: int, step: int, epoch: int = 0, learning_rate: float = 0.0
    ) -> tuple[float, int]:
        active = min(self.worker_pool.count, block_count(samples))
        self.worker_pool.start(active)  # forks, which no pass may be open for
        with one_blas_thread():
            self.worker_pool.run(Command(task, samples, step, epoch, learning_rate), active)
        loss, correct, cross_entropy = self._exchange.results[:active].sum(0)
        self.cross_entropy = float(cross_entropy)
        return float(loss), int(correct)

    @property
    def worker_count(self) -> int:
        """Parts of a batch computed side by side."""
        return self.worker_pool.count

    @property
    def device_and_threads(self) -> tuple[str, int]:
        """What computes a worker: the CPU, with one thread."""
        return "cpu", 1

    def weights(self) -> dict[str, Array]:
        """Copies of every weight and statistic, by the path PyTorch gives it.

        Where the optimizer keeps averaged weights to be evaluated, those.
        """
        with self._turn():
            shown = self.store.shown(self.worker.options.shown)
            return {name: array.copy() for name, array in shown.items()}

    def state(self) -> dict[str, Array]:
        """All that a checkpoint needs: ``weights.*`` and what the optimizer keeps, ``slots.*``."""
        with self._turn():
            return self.store.state()

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``; raises ``RunError`` if names or shapes are not this model's."""
        with self._turn(), self.store.moving():
            self._load(state)

    def _load(self, state: dict[str, Array]) -> None:
        self.store.load(state)
        self.worker.loss_and_optimizer = (
            None,
            None,
        )  # the optimizer's slots are made at the next step


ORDERLY = ("x86_64", "AMD64", "i686")
"""Machines on which a core sees another's writes in the order they were made, as processes need it."""


def best_kind() -> Kind:
    """Processes where they can be forked safely; threads elsewhere and without the interpreter's lock."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    forks = all(hasattr(os, name) for name in ("fork", "waitid", "register_at_fork"))
    safe = forks and sys.platform == "linux" and platform.machine() in ORDERLY
    return "processes" if safe and not free_threaded else "threads"


def open_pool(
    count: int, work: Work, kind: Kind | None = None, should_stop: ShouldStop = carry_on
) -> WorkerPool:
    """A pool of ``count`` workers that do ``work``, and abandon it when they should stop."""
    if count > 1 and (kind or best_kind()) == "processes":
        from thumblab.engines.numpy.workers.processes import ProcessPool

        return ProcessPool(count, work, should_stop)
    return ThreadPool(count, work, should_stop)
