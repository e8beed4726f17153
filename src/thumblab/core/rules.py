"""What an engine must know of each layer: open functions that layer files extend.

A rule computes on a batch and returns its output together with its backward pass: ``y, backward``.
``forward`` is the plain rule and enough for a user's own layer. ``fast_forward`` computes the same on
the NumPy engine's blocked layout (see ``kernels.layout``). ``torch_twin`` builds the PyTorch module.
``prepare`` fits weights to data before training, and ``shared_buffers`` lets workers work together, in
the few layers that want it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.errors import MissingRuleError
from thumblab.core.layer import Layer, Shape

Array = NDArray[Any]
Backward = Callable[[Array], Array]
"""Maps the gradient at a layer's output to the gradient at its input."""


def no_backward(dy: Array) -> Array:
    """The backward pass of one that needs no gradients."""
    raise RuntimeError("this pass was run without gradients; it has no backward pass")


class Memory(Protocol):
    """Memory of one worker, kept from one step to the next."""

    def empty(self, shape: Shape, dtype: DTypeLike | None = None) -> Array:
        """Uninitialized memory, reused once nothing refers to it. Default: the network's dtype."""
        ...

    def scratch(self, name: str, size: int) -> Array:
        """A vector of this worker's that the next call overwrites; for use within one rule."""
        ...

    def zero_padded(self, blocks: int, height: int, width: int, channels: int) -> Array:
        """Memory in the blocked layout whose border is zero and has to stay so."""
        ...


class Random(Protocol):
    """What a layer draws in a step; no number of workers changes it."""

    def words(self, each: int) -> NDArray[np.uint16]:
        """16-bit words ``(samples, each)``, one row a real sample of this worker's."""
        ...


class Comm(Protocol):
    """This worker among those that compute a batch together; each makes the same calls in the same order."""

    @property
    def batch(self) -> int:
        """Real samples in the whole batch, over all workers."""
        ...

    @property
    def own(self) -> slice:
        """Which of them are this worker's."""
        ...

    def all_reduce(self, value: Array) -> NDArray[np.float64]:
        """Sum of ``value`` over the workers, in float64."""
        ...

    def barrier(self) -> None:
        """Returns once every worker has called it; shared buffers written before can be read after."""
        ...

    def partition(self, count: int) -> slice:
        """This worker's part of ``count`` items that the workers divide among themselves."""
        ...

    def shared_buffer(self, name: str) -> Array | None:
        """Memory ``(batch, width)`` of all workers, declared by ``shared_buffers``; None for one worker."""
        ...


class Kernels(Protocol):
    """Says which algorithm convolves what (see ``kernels.plan``, which knows the shapes)."""

    @property
    def precise(self) -> bool:
        """Whether rounding errors count for more than speed."""
        ...

    def algorithm(self, shape: Any) -> Any:
        """The name of the algorithm for ``shape``."""
        ...


class Named(Protocol):
    """Arrays of one layer by the names that its ``weights`` gives them."""

    def __getitem__(self, name: str) -> Array: ...


@runtime_checkable
class Context(Protocol):
    """What an engine lends one layer for one pass.

    Attributes:
        memory: Memory that need not be given back.
        kernels: Which algorithm convolves what.
        training: Whether this pass trains.
        needs_grad: Whether a backward pass follows. If not, a rule need not prepare for it.
        needs_input_grad: Whether the gradient at this layer's input is used. If not, ``backward`` may
            skip it and return its argument.
        samples: Real samples of this worker's; the blocked layout has padding samples behind them.
    """

    training: bool
    needs_grad: bool
    needs_input_grad: bool
    samples: int
    memory: Memory
    kernels: Kernels

    @property
    def params(self) -> Named:
        """The layer's weights and statistics; not to be written."""
        ...

    @property
    def grads(self) -> Named:
        """Where ``backward`` writes: ``ctx.grads["bias"][...] = up.sum(0)``, summed over this worker."""
        ...

    @property
    def random(self) -> Random:
        """What the layer draws."""
        ...

    @property
    def comm(self) -> Comm:
        """This worker among the others."""
        ...

    def update(self, name: str, value: Array) -> None:
        """Sets the statistic ``name``, which every worker has computed alike, after the pass."""
        ...

    def run(self, name: str, layer: Layer, x: Array) -> tuple[Array, Backward]:
        """Runs sublayer ``layer``, whose weights are found under ``name``."""
        ...


@singledispatch
def forward(layer: Layer, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """Plain NumPy rule: output for a batch ``(samples, *shape)``, and the backward pass."""
    raise MissingRuleError(
        f"{type(layer).__name__} has no NumPy rule; write one with @forward.register "
        "(see thumblab/layers/relu.py for a short example)"
    )


@singledispatch
def fast_forward(layer: Layer, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """The same on the engine's layout; a layer without one is run by its plain rule."""
    raise MissingRuleError(f"{type(layer).__name__} has no rule for the blocked layout")


@singledispatch
def torch_twin(layer: Layer, x: Shape, torch: ModuleType) -> Any:
    """PyTorch rule: the module that computes ``layer`` on samples of shape ``x``.

    ``torch`` is an argument, so that no layer file imports it.
    """
    raise MissingRuleError(
        f"{type(layer).__name__} has no PyTorch rule; write one with @torch_twin.register"
    )


@singledispatch
def shared_buffers(layer: Layer, x: Shape) -> dict[str, int]:
    """Buffers that all workers read and write: values a sample, by name.

    Most layers keep to the samples of their worker and have none. A layer that has some computes its
    worker's part of the gradients of its weights for the whole batch.
    """
    return {}


@singledispatch
def prepare(layer: Layer, x: Array) -> dict[str, Array]:
    """Weights that ``layer`` fits to data before training, by name; most layers have none.

    ``x`` are plain samples ``(n, *shape)`` as the layer reads them, from training images alone.
    """
    return {}


def has_rule(rule: Any, layer: Layer) -> bool:
    """Whether the open function ``rule`` knows layers of this type.

    A rule that is inherited is not theirs where they have a plain rule of their own: it computes what
    the layer did that they derive from.
    """
    line = type(layer).__mro__
    known = next((place for place, kind in enumerate(line) if kind in rule.registry), len(line))
    plain = next((place for place, kind in enumerate(line) if kind in forward.registry), len(line))
    return line[known] is not object and known <= plain
