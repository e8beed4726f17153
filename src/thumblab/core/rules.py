"""What an engine must know of each layer: open functions that layer files extend.

A rule computes on a batch and returns its output together with the way back: ``y, backward``.
``forward`` is the plain rule and enough for a user's own layer. ``fast_forward`` computes the same on
the NumPy engine's grouped layout (see ``kernels.layout``). ``torch_twin`` builds the PyTorch module.
``prepare`` fits weights to data before training, and ``boards`` lets shards work together, in the few
layers that want it.
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


def never(dy: Array) -> Array:
    """The way back of a pass that records nothing."""
    raise RuntimeError("this pass records nothing; nobody can go back")


class Chooser(Protocol):
    """Says which kernel convolves what (see ``kernels.plan``, which knows the cases and the kernels)."""

    def kernel(self, case: Any, *, precise: bool) -> str:
        """The name of the kernel for ``case``."""
        ...


@runtime_checkable
class Context(Protocol):
    """What an engine lends one layer for one pass.

    Attributes:
        training: Whether this pass trains.
        precise: Whether rounding errors count for more than speed.
        records: Whether anybody goes back after this pass. If not, a rule need not prepare for it.
        plan: Which kernel convolves what.
        input_gradient: Whether anybody reads the gradient at this layer's input. If not, ``backward``
            may skip it and return its argument.
        samples: Real samples in this shard's part of the batch.
        batch: Real samples in the whole batch, over all shards.
        own: Which of them are this shard's.
    """

    training: bool
    precise: bool
    records: bool
    plan: Chooser
    input_gradient: bool
    samples: int
    batch: int
    own: slice

    def __getitem__(self, name: str) -> Array:
        """The weight called ``name`` in this layer; not to be written."""
        ...

    def grad(self, name: str) -> Array:
        """Where ``backward`` writes the gradient of weight ``name``, summed over this shard."""
        ...

    def update(self, name: str, value: Array) -> None:
        """Sets the statistic ``name``, which every shard has computed alike, after the pass."""
        ...

    def total(self, value: Array) -> NDArray[np.float64]:
        """Sum of ``value`` over the shards, in float64; every shard has to call it."""
        ...

    def board(self, name: str) -> Array | None:
        """Memory ``(batch, width)`` that all shards see, as ``boards`` wishes; None if there is one."""
        ...

    def meet(self) -> None:
        """Returns once every shard has called it; what was written on boards before can be read after."""
        ...

    def share(self, count: int) -> slice:
        """Which of ``count`` things that the shards divide among themselves are this shard's."""
        ...

    def words(self, each: int) -> NDArray[np.uint16]:
        """Random 16-bit words ``(samples, each)`` of this layer and step, one row a real sample."""
        ...

    def empty(self, shape: Shape, dtype: DTypeLike | None = None) -> Array:
        """Uninitialised memory; it is lent again once nobody refers to it. Default: the network's dtype."""
        ...

    def scratch(self, name: str, size: int) -> Array:
        """A vector of this shard's that the next caller overwrites; for use within one rule."""
        ...

    def bordered(self, groups: int, height: int, width: int, channels: int) -> Array:
        """Memory in the grouped layout whose border is zero and has to stay so."""
        ...

    def run(self, name: str, layer: Layer, x: Array) -> tuple[Array, Backward]:
        """Runs sublayer ``layer``, whose weights are found under ``name``."""
        ...


@singledispatch
def forward(layer: Layer, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """Plain NumPy rule: output for a batch ``(samples, *shape)``, and the way back."""
    raise MissingRuleError(
        f"{type(layer).__name__} has no NumPy rule; write one with @forward.register "
        "(see thumblab/layers/relu.py for a short example)"
    )


@singledispatch
def fast_forward(layer: Layer, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """The same on the engine's layout; a layer without one is run by its plain rule."""
    raise MissingRuleError(f"{type(layer).__name__} has no rule for the grouped layout")


@singledispatch
def torch_twin(layer: Layer, x: Shape, torch: ModuleType) -> Any:
    """PyTorch rule: the module that computes ``layer`` on samples of shape ``x``.

    ``torch`` is handed in, so that no layer file imports it.
    """
    raise MissingRuleError(
        f"{type(layer).__name__} has no PyTorch rule; write one with @torch_twin.register"
    )


@singledispatch
def boards(layer: Layer, x: Shape) -> dict[str, int]:
    """Memory by which the shards work on one another's samples: values a sample, by name.

    Most layers keep to the samples of their shard and have none. A layer that has some computes, of
    the gradients of its weights, the share of each shard for the whole batch.
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
