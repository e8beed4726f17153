"""What one process does: a PyTorch module with its optimizer, on this rank's share of each batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thumblab.core import random
from thumblab.core.initialize import start
from thumblab.core.layer import Layer, Shape, walk, weights
from thumblab.core.rules import torch_twin
from thumblab.engines.protocol import ImageTransform
from thumblab.engines.torch.arrays import as_array, channels_first, copy
from thumblab.engines.torch.batch_norm import share_batch_norms
from thumblab.engines.torch.device import find_device, memory_errors
from thumblab.engines.torch.dropout import share_dropouts
from thumblab.engines.torch.halting import Halt
from thumblab.engines.torch.ranks import Ranks
from thumblab.engines.torch.slots import Slots, read_slot, read_slots, set_count, write_slots
from thumblab.engines.torch.surroundings import drawing, repeating
from thumblab.engines.torch.twins import check_twins, named
from thumblab.layers import Frozen
from thumblab.losses import CrossEntropy, Loss, torch_loss
from thumblab.optim import Optimizer, set_learning_rate, torch_optimizer

Array = NDArray[Any]
PLAIN = CrossEntropy()


@dataclass(frozen=True)
class Options:
    """How PyTorch computes.

    Attributes:
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, or ``"auto"`` for a GPU where there is one.
        precision: ``"float32"``, ``"float64"``, or ``"bfloat16"``: float32 weights, products of
            bfloat16 (autocast).
        channels_last: Whether images lie in memory with their channels innermost.
        compile: Whether ``torch.compile`` makes kernels for the network; the first step then takes long.
        precise: Whether CUDA convolutions of float32 are whole products, not TF32's.
    """

    device: str = "cpu"
    precision: str = "float32"
    channels_last: bool = False
    compile: bool = False
    precise: bool = False


@dataclass(frozen=True, eq=False)
class InputTransform:
    """What happens to a batch before the network sees it.

    Attributes:
        shift: Subtracted from each sample; it broadcasts to one.
        scale: What each sample is then multiplied with.
        loader: Changes the images of a training step first.
        classes: How many outputs are answers; None for all.
    """

    shift: Array
    scale: Array
    loader: ImageTransform | None = None
    classes: int | None = None


@dataclass(frozen=True)
class Move:
    """One step of training."""

    loss: Loss
    optimizer: Optimizer
    learning_rate: float
    step: int
    epoch: int


class Worker:
    """A module with the architecture's first weights, and what moves it.

    Attributes:
        module: The PyTorch module; its ``state_dict`` has the weights' paths as names.
        arrays: Every weight and statistic by path.
        device: Where it computes.
        dtype: NumPy's, of weights and logits.
        cross_entropy: Plain cross-entropy of the last training batch over the classes, nats.
    """

    @memory_errors()
    def __init__(
        self,
        model: Layer,
        shape: Shape,
        seed: int,
        options: Options,
        input_transform: InputTransform,
        ranks: Ranks,
    ) -> None:
        self.seed, self.options, self.ranks = seed, options, ranks
        self._loader = input_transform.loader
        self._classes, self.cross_entropy = input_transform.classes, 0.0
        self.device = find_device(options.device, options.precision, ranks.place)
        self.halt = Halt()
        self._dtype = torch.float64 if options.precision == "float64" else torch.float32
        self.dtype = np.float64 if options.precision == "float64" else np.float32
        self._layout = torch.channels_last if options.channels_last else torch.contiguous_format
        self._model, self._twins = model, dict[Shape, Any]()
        self.module = self._twin(shape)
        owned = weights(model, shape)
        self.arrays = named(self.module, {name: w.shape for name, w in owned.items()})
        self._trained = {name: self.arrays[name] for name, w in owned.items() if w.trained}
        self._statistics = [
            self.arrays[f"{path}{name}"]
            for path, layer, seen in walk(model, shape)
            for name, weight in layer.weights(seen).items()
            if not (weight.trained or isinstance(layer, Frozen))
        ]
        for name, weight in owned.items():
            copy(start(weight, random.stream(seed, "initialise", name)), self.arrays[name])
        self._shift, self._scale = (
            torch.as_tensor(np.asarray(value), dtype=self._dtype, device=self.device)
            for value in (input_transform.shift, input_transform.scale)
        )
        self._optimizer: tuple[Optimizer, Any] | None = None
        self._slots: Slots = {}

    @memory_errors()
    def train(self, own: Array, targets: Array, indices: Array, move: Move) -> tuple[float, int]:
        """One step, on this rank's images, and the targets and indices of the whole batch.

        Every rank has the logits of all, so the loss is the whole batch's, whatever it is made of.
        A step that is broken off, or whose loss is not finite, moves no weight and no statistic.
        """
        before = [statistic.clone() for statistic in self._statistics]
        found = np.nan, 0
        try:
            with repeating(self.device, precise=self.options.precise), self._drawing(move.step):
                found = self._train(own, targets, indices, move)
        finally:
            if not isfinite(found[0]):
                for statistic, old in zip(self._statistics, before, strict=True):
                    statistic.copy_(old)
        return found

    def _train(self, own: Array, targets: Array, indices: Array, move: Move) -> tuple[float, int]:
        self.ranks.samples = len(indices)
        if self._loader is not None:
            part = indices[self.ranks.partition(len(indices))]
            own = self._loader.change(own, move.epoch, part)
        self.module.train()
        logits = self.ranks.gather(self._logits(own), len(indices))
        wanted = torch.tensor(targets, device=self.device)
        value = torch_loss(move.loss, torch)(logits, wanted)
        answers = logits.detach()[:, : self._classes]
        wanted = wanted[:, : self._classes] if wanted.ndim == 2 else wanted
        plain = torch_loss(PLAIN, torch)(answers, wanted)
        labels = wanted.argmax(1) if wanted.ndim == 2 else wanted
        correct, self.cross_entropy = int((answers.argmax(1) == labels).sum()), float(plain)
        number = float(value.detach())
        if isfinite(number):
            self._move(value, move)
        return number, correct

    def _move(self, value: Any, move: Move) -> None:
        parameters = list(self._trained.values())
        if not parameters:
            return
        for parameter in parameters:
            parameter.grad = None
        value.backward()
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        if self.ranks.size > 1:
            grads: list[Any] = [parameter.grad for parameter in parameters]
            total: Any = self.ranks.all_reduce(torch.cat([grad.reshape(-1) for grad in grads]))
            parts = total.split([grad.numel() for grad in grads])
            for grad, part in zip(grads, parts, strict=True):
                grad.copy_(part.view(grad.shape))
        optimizer = self._ready(move.optimizer)
        set_count(optimizer, move.step)
        set_learning_rate(optimizer, move.learning_rate)
        optimizer.step()

    def _ready(self, optimizer: Optimizer) -> Any:
        """The ``torch.optim`` object of ``optimizer``, with the slots that were loaded."""
        if self._optimizer is None or self._optimizer[0] != optimizer:
            inner = torch_optimizer(optimizer, list(self._trained.items()), torch)
            if self._slots:
                grads = [parameter.grad for parameter in self._trained.values()]
                write_slots(inner, list(self._trained.values()), self._slots)
                for parameter, grad in zip(self._trained.values(), grads, strict=True):
                    parameter.grad = grad
            self._optimizer, self._slots = (optimizer, inner), {}
        return self._optimizer[1]

    @memory_errors()
    def predict(self, batch: Array) -> Array:
        """Logits of the whole batch, this rank's share and the others'."""
        self.module.eval()
        with torch.no_grad(), repeating(self.device, precise=self.options.precise):
            own = self._logits(batch[self.ranks.partition(len(batch))])
            return as_array(self.ranks.gather(own, len(batch)))

    @contextmanager
    def showing(self, name: str | None) -> Iterator[None]:
        """While this is open, the trained weights are those of the slot called ``name``, if there is one."""
        weights = list(self._trained.values())
        shown = self._slot(name) if name else []
        before = [weight.detach().clone() for weight in weights] if shown else []
        with torch.no_grad():
            for weight, value in zip(weights, shown, strict=bool(shown)):
                weight.copy_(value.view_as(weight))
        try:
            yield
        finally:
            with torch.no_grad():
                for weight, old in zip(weights, before, strict=bool(shown)):
                    weight.copy_(old)

    def _slot(self, name: str) -> list[torch.Tensor]:
        """What the optimizer keeps under ``name``, weight by weight; empty if nothing."""
        weights = list(self._trained.values())
        if self._optimizer is not None:
            return read_slot(self._optimizer[1], weights, name)
        if name not in self._slots:
            return []
        flat: Any = torch.from_numpy(self._slots[name].copy())
        return list(flat.split([weight.numel() for weight in weights]))

    @memory_errors()
    def slots(self) -> Slots:
        """Copies of what the optimizer keeps, as the NumPy engine has it."""
        if self._optimizer is None:
            return self._slots
        return read_slots(self._optimizer[1], list(self._trained.values()))

    @memory_errors()
    def load(self, given: dict[str, Array], slots: Slots) -> None:
        """Takes over weights and slots; those that are not given begin anew."""
        for name, array in given.items():
            copy(array, self.arrays[name])
        self._optimizer, self._slots = None, slots

    def _logits(self, batch: Array) -> torch.Tensor:
        pixels = torch.from_numpy(np.require(batch, requirements=["C", "W"])).to(self.device)
        x = (pixels.to(self._dtype) - self._shift) * self._scale
        if x.ndim == 4:
            x = channels_first(x).contiguous(memory_format=self._layout)
        run = self._for_size(tuple(x.shape[1:])).train(self.module.training)
        narrow = self.options.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=narrow):
            logits: torch.Tensor = run(x)
        return logits.to(self._dtype)

    def _twin(self, shape: Shape) -> torch.nn.Module:
        check_twins(self._model, shape)
        with drawing(self.device, 0):  # first weights that ours replace
            twin: Any = torch_twin(self._model, shape, torch)
        share_batch_norms(twin, self.ranks)
        share_dropouts(twin, self.ranks)
        found: torch.nn.Module = twin.to(self.device, self._dtype).to(memory_format=self._layout)
        self.halt.watch(found)
        self._twins[shape] = torch.compile(found) if self.options.compile else found
        return found

    def _for_size(self, shape: Shape) -> Any:
        """What runs on samples of ``shape``: a twin may pad by its size, so each has its own.

        All have the same weights and statistics.
        """
        if shape not in self._twins:
            twin = self._twin(shape)
            for name, tensor in self.arrays.items():
                owner, _, own = name.rpartition(".")
                setattr(twin.get_submodule(owner), own, tensor)
        return self._twins[shape]

    def _drawing(self, step: int) -> AbstractContextManager[None]:
        """Makes what dropout draws depend on seed and step alone."""
        name = sha256(f"{self.seed}\x1fdropout\x1f{step}".encode()).digest()
        return drawing(self.device, int.from_bytes(name[:8], "little", signed=True))
