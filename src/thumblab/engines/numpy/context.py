"""The context the NumPy engine gives each layer in a pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from thumblab.core import random
from thumblab.core.layer import Layer
from thumblab.core.renamed import OldContext
from thumblab.core.rules import (
    Array,
    Backward,
    Kernels,
    Memory,
    fast_forward,
    forward,
    has_rule,
    no_backward,
)
from thumblab.engines.numpy.memory import Workspace
from thumblab.engines.numpy.workers.protocol import Communicator
from thumblab.kernels.layout import block_count, clear_padding_samples, to_nchw, write_blocks

Rule = Callable[[Layer, Array, "LayerContext"], tuple[Array, Backward]]
"""How a layer is run: ``run_rule``, or a profiler around it."""


@dataclass
class PassState:
    """What all layers of one worker share in one pass over its shard of a batch.

    Attributes:
        arrays: Weights and statistics by path.
        updates: Statistics that this pass has found, by path; set once its loss is known to be finite.
        grads: Where this worker's gradients go, by path.
        without_input_grad: Paths whose input gradient is not used; each with whether it has weights to train.
        kernels: Which algorithm convolves what.
        batch: Samples of the whole batch.
        own: Which of them are this worker's.
        shared_buffers: Memory that all workers see, by path (see ``core.rules.shared_buffers``).
        messages: What one layer has sent to another one, by the other's path.
        rule: Runs each layer.
    """

    arrays: dict[str, Array]
    updates: dict[str, Array]
    grads: dict[str, Array]
    without_input_grad: dict[str, bool]
    training: bool
    needs_grad: bool
    kernels: Kernels
    batch: int
    own: slice
    seed: int
    step: int
    rank: int
    communicator: Communicator
    shared_buffers: dict[str, Array]
    memory: Workspace
    rule: Rule
    messages: dict[str, Array] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        """Samples of this worker's."""
        own: int = self.own.stop - self.own.start
        return own


@dataclass(slots=True, eq=False)
class LayerArrays:
    """Arrays of the layer at ``path`` among ``arrays``, those of all layers."""

    arrays: dict[str, Array]
    path: str

    def __getitem__(self, name: str) -> Array:
        return self.arrays[self.path + name]


@dataclass(slots=True, eq=False)
class LayerRandom:
    """What the layer at ``path`` draws (see ``core.rules.Random``)."""

    shared: PassState
    path: str

    def words(self, each: int) -> NDArray[np.uint16]:
        p = self.shared
        return random.words(
            p.seed, "layer", self.path, p.step, first=p.own.start, samples=p.samples, each=each
        )


@dataclass(slots=True, eq=False)
class LayerComm:
    """This worker among the others, as the layer at ``path`` meets them (see ``core.rules.Comm``)."""

    shared: PassState
    path: str = ""

    @property
    def batch(self) -> int:
        return self.shared.batch

    @property
    def own(self) -> slice:
        return self.shared.own

    def all_reduce(self, value: Array) -> NDArray[np.float64]:
        return self.shared.communicator.all_reduce(self.shared.rank, value)

    def barrier(self) -> None:
        self.shared.communicator.barrier(self.shared.rank)

    def partition(self, count: int) -> slice:
        rank, size = self.shared.rank, self.shared.communicator.size
        return slice(count * rank // size, count * (rank + 1) // size)

    def shared_buffer(self, name: str) -> Array | None:
        if self.shared.communicator.size == 1:
            return None
        buffer = self.shared.shared_buffers.get(self.path + name)
        return None if buffer is None else buffer[: self.shared.batch]


@dataclass
class LayerContext(OldContext):
    """One layer's view of a pass (see ``core.rules.Context``); names are relative to ``path``.

    Attributes:
        plain: Whether plain rules alone are asked, as inside a container that knows no blocked images.
    """

    shared: PassState
    path: str = ""
    plain: bool = False
    training: bool = field(init=False)
    needs_grad: bool = field(init=False)
    needs_input_grad: bool = field(init=False)
    samples: int = field(init=False)
    memory: Memory = field(init=False)
    kernels: Kernels = field(init=False)

    def __post_init__(self) -> None:
        shared = self.shared
        self.training, self.needs_grad = shared.training, shared.needs_grad
        self.samples, self.memory, self.kernels = shared.samples, shared.memory, shared.kernels
        self.needs_input_grad = self.path not in shared.without_input_grad

    @property
    def params(self) -> LayerArrays:
        return LayerArrays(self.shared.arrays, self.path)

    @property
    def grads(self) -> LayerArrays:
        return LayerArrays(self.shared.grads, self.path)

    @property
    def random(self) -> LayerRandom:
        return LayerRandom(self.shared, self.path)

    @property
    def comm(self) -> LayerComm:
        return LayerComm(self.shared, self.path)

    def update(self, name: str, value: Array) -> None:
        self.shared.updates[self.path + name] = value

    def sibling(self, name: str) -> LayerContext:
        """The context of the layer called ``name`` beside this one; for layers fused into one."""
        beside = self.path[: self.path[:-1].rfind(".") + 1]
        return replace(self, path=f"{beside}{name}.")

    def send(self, name: str, value: Array) -> None:
        """Lays ``value`` out for sublayer ``name``, which takes it with ``handed``."""
        self.shared.messages[f"{self.path}{name}."] = value

    def receive(self) -> Array:
        """What was laid out for this layer; only once."""
        return self.shared.messages.pop(self.path)

    def run(self, name: str, layer: Layer, x: Array) -> tuple[Array, Backward]:
        inner = replace(self, path=f"{self.path}{name}.") if name else self
        check = self.shared.communicator.check
        check()
        try:
            y, backward = self.shared.rule(layer, x, inner)
        except Exception as error:
            if not getattr(error, "__notes__", None):  # the innermost layer names the place
                error.add_note(
                    f"while running {layer} at {inner.path!r} on a batch of shape {x.shape}"
                )
            raise
        if not self.needs_grad:
            return (
                y,
                no_backward,
            )  # what the backward pass would have needed is free for the next layers
        if self.shared.without_input_grad.get(inner.path) is False:
            return y, lambda dy: dy

        def checked(dy: Array) -> Array:
            check()
            return backward(dy)

        return y, checked


def run_rule(layer: Layer, x: Array, ctx: LayerContext) -> tuple[Array, Backward]:
    """Runs the fast rule where there is one and ``x`` is blocked, else the plain rule."""
    if ctx.plain:
        return forward(layer, x, ctx)
    if x.ndim != 5 or not has_rule(fast_forward, layer):
        return _run_plain(layer, x, ctx)
    y, backward = fast_forward(layer, x, ctx)
    if y.ndim == 5 and y is not x:
        clear_padding_samples(y, ctx.samples)

    def cleared(dy: Array) -> Array:
        dx = backward(dy)
        if dx.ndim == 5 and dx is not dy:
            clear_padding_samples(dx, ctx.samples)
        return dx

    return y, cleared


def _run_plain(layer: Layer, x: Array, ctx: LayerContext) -> tuple[Array, Backward]:
    """Takes blocked images to the plain rule, and images that it gives back into the layout."""
    inner = ctx if has_rule(fast_forward, layer) else replace(ctx, plain=True)
    y, backward = forward(layer, to_nchw(x, ctx.samples), inner)
    made_inside = y.ndim == 5  # a container's, whose layers have made images of features

    def blocked(plain: Array) -> Array:
        if plain.ndim != 4:
            return plain
        _, c, h, w = plain.shape
        result = ctx.memory.zero_padded(block_count(ctx.samples), h, w, c)
        write_blocks(plain, result)
        return result

    def back(dy: Array) -> Array:
        return blocked(backward(dy if made_inside else to_nchw(dy, ctx.samples)))

    return blocked(y), back
