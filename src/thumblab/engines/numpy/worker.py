"""What one worker does of a command: the whole network, on its shard of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Layer, Shape, weights
from thumblab.core.rules import Backward, fast_forward, has_rule
from thumblab.engines.numpy.context import LayerComm, LayerContext, PassState, Rule, run_rule
from thumblab.engines.numpy.fusion.fuse import fuse
from thumblab.engines.numpy.input import InputTransform
from thumblab.engines.numpy.memory import Workspace
from thumblab.engines.numpy.parameters import ParameterStore
from thumblab.engines.numpy.workers.exchange import Exchange
from thumblab.engines.numpy.workers.protocol import Command, Communicator
from thumblab.engines.protocol import ImageTransform
from thumblab.kernels.layout import BLOCK, block_count, to_nchw, write_blocks
from thumblab.kernels.plan import Kernels
from thumblab.layers import Flatten, Parallel, Sequential
from thumblab.losses import Loss, loss_and_grad, plain_cross_entropy
from thumblab.optim import Optimizer, flush

Array = NDArray[Any]
GRADIENTS, TRAIN, PREDICT = range(3)


@dataclass(frozen=True, eq=False)
class Options:
    """How a network computes.

    Attributes:
        seed: Of the first weights and of what layers draw.
        dtype: Of weights and activations.
        reference: Whether plain rules alone are asked.
        kernels: Which algorithm convolves what.
        fused: Whether runs of layers are rewritten into fused ones.
        input_transform: Where a batch is normalized.
        loader: What changes the images of a training step first.
        shown: The slot of the optimizer that holds the weights to predict with, if not those that train.
        classes: How many outputs are answers; None for all.
    """

    seed: int
    dtype: np.dtype[Any]
    reference: bool
    kernels: Kernels
    fused: bool
    input_transform: InputTransform
    loader: ImageTransform | None
    shown: str | None
    classes: int | None


class Worker:
    """Runs the network for any worker; what the workers share comes with ``attach``.

    Attributes:
        rule: Runs each layer; a profiler wraps it.
        loader: Changes the images of a training step.
        loss_and_optimizer: The loss and the optimizer of training.
        spaces: The memory of each worker.
    """

    def __init__(self, model: Layer, shape: Shape, options: Options) -> None:
        self.options = options
        fuses = options.fused and not options.reference
        self._learning = fuse(model) if fuses else model
        self._predicting = fuse(model, back=False) if fuses else model
        self._plain = options.reference or reads_nchw(model, shape)
        self._without_input_grad = without_input_grad(model, shape)
        self.rule: Rule = run_rule
        self.loader = options.loader
        self.loss_and_optimizer: tuple[Loss | None, Optimizer | None] = (None, None)
        self.spaces: list[Workspace] = []

    def attach(self, count: int, store: ParameterStore, exchange: Exchange) -> None:
        """Works from now on as any of ``count`` workers that share ``store`` and ``exchange``."""
        self.store, self.exchange = store, exchange
        self.spaces = [Workspace(self.options.dtype) for _ in range(count)]
        self._trained: list[Shape] = [()] * count

    @property
    def held(self) -> int:
        """Bytes that the workers keep from one step to the next; they are as large as each other."""
        return len(self.spaces) * max(space.nbytes for space in self.spaces)

    def free(self) -> None:
        """Gives the memory of this process' workers back."""
        self.attach(len(self.spaces), self.store, self.exchange)

    def run(
        self, x: Array, communicator: Communicator, *, training: bool, step: int
    ) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
        """Output for a plain batch, and the map from its gradient to all gradients, on one worker."""
        shared = self._pass(0, communicator, slice(0, len(x)), len(x), training, step)
        shared.without_input_grad, shared.needs_grad = {}, True
        ctx = LayerContext(shared, plain=self.options.reference)
        y, back = ctx.run("", self._learning, self._laid_out(x, ctx))
        self._set_statistics(shared)
        kept = [back]

        def backward(dy: Array) -> dict[str, Array]:
            dx = kept.pop()(self._laid_out(dy, ctx))
            return {**self.store.parts[0], "input": to_nchw(dx, len(x))}

        return to_nchw(y, len(x)), backward

    def _laid_out(self, plain: Array, ctx: LayerContext) -> Array:
        """Plain values of the network's dtype, in the blocked layout if they are images."""
        plain = plain.astype(self.options.dtype, copy=False)
        if self.options.reference or plain.ndim != 4:
            return plain
        n, c, h, w = plain.shape
        blocked = ctx.memory.zero_padded(block_count(n), h, w, c)
        write_blocks(plain, blocked)
        return blocked

    def work(self, rank: int, communicator: Communicator, command: Command) -> None:
        """What one worker does of a command."""
        blocks, n = block_count(command.samples), command.samples
        first = min(BLOCK * (blocks * rank // communicator.size), n)
        last = min(BLOCK * (blocks * (rank + 1) // communicator.size), n)
        training, batch = command.task != PREDICT, self.exchange.batch[first:last]
        if command.task == TRAIN and self.loader is not None:
            batch = self.loader.change(batch, command.epoch, self.exchange.indices[first:last])
        if training and self._trained[rank] != batch.shape[1:]:  # memory fits one size of images
            self.spaces[rank], self._trained[rank] = Workspace(self.options.dtype), batch.shape[1:]
        shared = self._pass(rank, communicator, slice(first, last), n, training, command.step)
        logits, back = self._logits(shared, batch)
        if not training:
            self.exchange.logits[first:last] = logits
            return
        loss, optimizer = self.loss_and_optimizer
        assert loss is not None
        targets = self.exchange.targets[first:last]
        value, dlogits = loss_and_grad(loss, logits, targets, LayerComm(shared))
        plain, correct = plain_cross_entropy(logits, targets, self.options.classes)
        self.exchange.results[rank] = value, correct, plain / n
        back(dlogits)
        communicator.barrier(rank)
        finite = np.isfinite(self.exchange.results[: communicator.size, 0]).all()
        if finite and rank == 0:
            self._set_statistics(shared)
        moves = finite and command.task == TRAIN
        self.store.move(optimizer if moves else None, rank, communicator, command)

    def _set_statistics(self, shared: PassState) -> None:
        """Sets the statistics that a pass has found."""
        for path, value in shared.updates.items():
            self.store.arrays[path][...] = value
        flush((self.store.arrays[path] for path in shared.updates), shared.step + 1)

    def _logits(self, shared: PassState, batch: Array) -> tuple[Array, Backward]:
        ctx = LayerContext(shared, plain=self.options.reference)
        if self._plain or batch.ndim != 4:
            x = self.options.input_transform.plain(batch, ctx.memory.empty)
        else:
            h, w, c = batch.shape[1:]
            x = ctx.memory.zero_padded(block_count(len(batch)), h, w, c)
            self.options.input_transform.blocked(batch, x, ctx.memory.empty)
        model = self._learning if shared.needs_grad else self._predicting
        logits, back = ctx.run("", model, x)
        return to_nchw(logits, len(batch)), back

    def _pass(
        self,
        rank: int,
        communicator: Communicator,
        own: slice,
        batch: int,
        training: bool,
        step: int,
    ) -> PassState:
        return PassState(
            arrays=self.store.arrays if training else self.store.shown(self.options.shown),
            updates={},
            grads=self.store.parts[rank],
            without_input_grad=self._without_input_grad,
            training=training,
            needs_grad=training,
            kernels=self.options.kernels,
            batch=batch,
            own=own,
            seed=self.options.seed,
            step=step,
            rank=rank,
            communicator=communicator,
            shared_buffers=self.exchange.shared_buffers,
            memory=self.spaces[rank],
            rule=self.rule,
        )


def reads_nchw(model: Layer, shape: Shape) -> bool:
    """Whether the first layer has no use for the blocked layout, nor any behind it."""
    first = model
    while isinstance(first, Sequential) and first.layers:
        first = first.layers[0]
    no_use = isinstance(first, Flatten) or not has_rule(fast_forward, first)
    return no_use and len(first.out_shape(shape)) < 3


def without_input_grad(model: Layer, shape: Shape) -> dict[str, bool]:
    """Paths whose input gradient is not used; each with whether it has weights to train."""
    return _without_input_grad(model, shape, "", read=False)[0]


def _without_input_grad(
    layer: Layer, x: Shape, path: str, read: bool
) -> tuple[dict[str, bool], bool]:
    """Paths whose input gradient is not used, and whether that of the next layer is.

    Before the first trained weight no gradient is needed. Each path says whether it has
    weights of its own to find gradients for. In what order a container of the user's runs its layers is
    not known: any of them may read what another that trains has written.
    """
    inside = list(layer.inside(x))
    trains = any(weight.trained for weight in weights(layer, x).values())
    paths = {} if read else {path: trains}
    after = read
    for name, child, shape in inside:
        entering = {Sequential: after, Parallel: read}.get(type(layer), read or trains)
        found, child_read = _without_input_grad(child, shape, f"{path}{name}.", entering)
        paths |= found
        after = after or child_read
    return paths, after or trains
