"""An architecture with weights that trains and predicts with PyTorch.

Same first weights, batches, augmentation, optimizers, schedules, losses and checkpoints as the NumPy engine.
Dropout draws from PyTorch's generator: other values than there, but the same on any number of processes.
Left out: gradients that travel while others are still computed (a network for small images sends a few
megabytes a step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thumblab.core.errors import RunError
from thumblab.core.exclusive import Exclusive, stays_here
from thumblab.core.layer import Layer, Shape
from thumblab.core.memory import out_of_memory
from thumblab.core.value import from_dict, to_dict
from thumblab.engines.protocol import ImageTransform
from thumblab.engines.torch.arrays import as_array
from thumblab.engines.torch.device import device_name
from thumblab.engines.torch.ranks import ALONE, Ranks
from thumblab.engines.torch.surroundings import check_threads
from thumblab.engines.torch.worker import InputTransform, Move, Options, Worker
from thumblab.losses import Loss
from thumblab.optim import Optimizer

Array = NDArray[Any]
USUAL = Options()


class Network:
    """An architecture with weights.

    Attributes:
        worker: What computes in this process.
        ranks: The processes that share each batch.
        shown: The slot of the optimizer that holds the weights to evaluate, if not those that train.
    """

    def __init__(
        self,
        model: Layer,
        shape: Shape,
        *,
        seed: int = 0,
        options: Options = USUAL,
        shift: Array | None = None,
        scale: Array | None = None,
        loader: ImageTransform | None = None,
        shown: str | None = None,
        ranks: Ranks = ALONE,
        classes: int | None = None,
    ) -> None:
        self._written = model.out_shape(shape)  # a shape error surfaces before any array exists
        check_threads()
        self.ranks, self.shown, self.classes = ranks, shown, classes
        input_transform = InputTransform(
            np.zeros(1) if shift is None else shift,
            np.ones(1) if scale is None else scale,
            loader,
            classes,
        )
        self.worker = Worker(model, shape, seed, options, input_transform, ranks)
        self._heard: tuple[Any, Any] = None, None
        self._exclusive = Exclusive()
        self._should_stop: Callable[[], bool] = bool

    @property
    def should_stop(self) -> Callable[[], bool]:
        """Asked between two modules; once it is true, a pass is abandoned.

        Not where several processes share a batch, which would wait for this one, nor where kernels are
        compiled for the whole network: there a pass goes on to its end.
        """
        return self._should_stop

    @should_stop.setter
    def should_stop(self, should_stop: Callable[[], bool]) -> None:
        self._should_stop = should_stop
        if self.ranks.size == 1 and not self.worker.options.compile:
            self.worker.halt.heed(should_stop)

    @contextmanager
    def _turn(self, samples: int = 0, done: str = "trained on") -> Iterator[None]:
        """One thread at a time; says of memory that has run out how many samples might fit."""
        with self._exclusive.turn():
            check_threads()
            try:
                yield
            except MemoryError as error:
                raise out_of_memory(error, samples, done=done) from error

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise stays_here()

    @property
    def worker_count(self) -> int:
        """Parts of a batch computed side by side: as many as processes."""
        return self.ranks.size

    @property
    def device_and_threads(self) -> tuple[str, int]:
        """What computes a process' share: the device's name, and PyTorch's threads."""
        return device_name(self.worker.device), torch.get_num_threads()

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

        A batch whose loss is not finite moves nothing. Other ranks find its images by their ``indices``.

        Raises:
            OutOfMemoryError: If there is not enough for the batch; it says how many samples might fit.
            StepAbandonedError: If ``should_stop`` says so between two modules; nothing has moved then.
        """
        indices = np.arange(len(batch)) if indices is None else indices
        move = Move(loss, optimizer, learning_rate, step, epoch)
        with self._turn(len(batch)):
            if self.ranks.size == 1:
                return self.worker.train(batch, targets, indices, move)
            return self._train_together(batch, targets, indices, move)

    def _train_together(
        self, batch: Array, targets: Array, indices: Array, move: Move
    ) -> tuple[float, int]:
        loss, optimizer = move.loss, move.optimizer
        values: dict[str, Any] = {
            "learning_rate": move.learning_rate,
            "step": move.step,
            "epoch": move.epoch,
        }
        values |= {"loss": to_dict(loss), "optimizer": to_dict(optimizer)}
        with self.ranks.command({"task": "train", "move": values}, indices, targets):
            own = batch[self.ranks.partition(len(batch))]
            return self.worker.train(own, targets, indices, move)

    @property
    def cross_entropy(self) -> float:
        """Plain cross-entropy of the last training batch over the classes, nats."""
        return self.worker.cross_entropy

    def predict(self, batch: Array, *, at_once: int = 512) -> Array:
        """Logits ``(n, classes)`` of images or features, without training; each counts once.

        Outputs beyond the classes are no answer and are left out.
        """
        return self.outputs(batch, at_once=at_once)[:, : self.classes]

    def outputs(self, batch: Array, *, at_once: int = 512) -> Array:
        """All that the last layer writes, ``(n, outputs)``; see ``predict``."""
        found = [np.zeros((0, *self._written), self.worker.dtype)]
        size = at_once * self.ranks.size
        with self._turn(min(len(batch), size), "predicted"):
            for begin in range(0, len(batch), size):
                part = batch[begin : begin + size]
                with self.ranks.command({"task": "predict"}, part):
                    found.append(self._predict(part))
        logits = np.concatenate(found)
        if len(logits) != len(batch):
            raise RuntimeError(f"{len(batch)} images gave {len(logits)} predictions")
        return logits

    def weights(self) -> dict[str, Array]:
        """Copies of every weight and statistic to predict with, by path."""
        with self._turn(), self.worker.showing(self.shown):
            return {name: as_array(value) for name, value in self.worker.arrays.items()}

    def state(self) -> dict[str, Array]:
        """All that a checkpoint needs: ``weights.*`` and what the optimizer keeps, ``slots.*``."""
        with self._turn():
            weights = {f"weights.{name}": as_array(w) for name, w in self.worker.arrays.items()}
            slots = self.worker.slots()
            return weights | {f"slots.{name}": array for name, array in slots.items()}

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``, of this engine's or the NumPy engine's; weights alone will do.

        Raises:
            RunError: If names or shapes are not this architecture's.
        """
        given = {name[8:]: array for name, array in state.items() if name.startswith("weights.")}
        own = {name: tuple(value.shape) for name, value in self.worker.arrays.items()}
        if {name: array.shape for name, array in given.items()} != own:
            raise RunError(
                f"the stored weights {_some(given)} are not those of this architecture "
                f"{_some(self.worker.arrays)}; load them into the model they were trained with"
            )
        slots = {name[6:]: array for name, array in state.items() if name.startswith("slots.")}
        values = {"task": "load", "weights": list(given), "slots": list(slots)}
        with self._turn(), self.ranks.command(values, *given.values(), *slots.values()):
            self.worker.load(given, slots)

    def follow(self, images: Callable[[int, Array], Array]) -> int:
        """Does what rank 0 says until it ends; its exit code.

        ``images`` finds those to train on by their epoch and indices in it.
        """
        while True:
            order, arrays = self.ranks.receive()
            if order["task"] == "end":
                return int(order["code"])
            if order["task"] == "train":
                (indices, targets), move = arrays, self._move(order["move"])
                own = images(move.epoch, indices[self.ranks.partition(len(indices))])
                self.worker.train(own, targets, indices, move)
            elif order["task"] == "predict":
                self._predict(arrays[0])
            else:
                count = len(order["weights"])
                given = dict(zip(order["weights"], arrays[:count], strict=True))
                self.worker.load(given, dict(zip(order["slots"], arrays[count:], strict=True)))

    def _move(self, entries: dict[str, Any]) -> Move:
        values = [entries.pop("loss"), entries.pop("optimizer")]
        if self._heard[0] != values:
            self._heard = values, [from_dict(value) for value in values]
        return Move(*self._heard[1], **entries)

    def _predict(self, batch: Array) -> Array:
        with self.worker.showing(self.shown):
            return self.worker.predict(batch)


def _some(arrays: dict[str, Any]) -> str:
    named = [f"{name} {tuple(array.shape)}" for name, array in arrays.items()]
    return ", ".join(named[:4]) + (", ..." if len(named) > 4 else "")
