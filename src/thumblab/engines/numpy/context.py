"""The context the NumPy engine gives each layer in a pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core import random
from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Chooser, fast_forward, forward, has_rule, never
from thumblab.engines.numpy.memory.workspace import Workspace
from thumblab.engines.numpy.workers.protocol import Meeting
from thumblab.kernels.layout import as_plain, clear_phantoms, group_count, write_groups

Rule = Callable[[Layer, Array, "Frame"], tuple[Array, Backward]]
"""How a layer is run: ``run_rule``, or what stands around it to look on."""


@dataclass
class Pass:
    """What all layers of one shard share in one pass over its part of a batch.

    Attributes:
        arrays: Weights and statistics by path.
        updates: Statistics that this pass has found, by path; set once its loss is known to be finite.
        grads: Where this shard's gradients go, by path.
        unread: Paths whose input gradient nobody reads; each with whether it has weights to train.
        first: Position of this shard's first sample in the batch.
        boards: Memory that all shards see, by path (see ``core.rules.boards``).
        handed: What one layer has laid out for another one, by the other's path.
        rule: Runs each layer.
    """

    arrays: dict[str, Array]
    updates: dict[str, Array]
    grads: dict[str, Array]
    unread: dict[str, bool]
    training: bool
    precise: bool
    records: bool
    plan: Chooser
    samples: int
    batch: int
    seed: int
    step: int
    first: int
    rank: int
    meeting: Meeting
    boards: dict[str, Array]
    workspace: Workspace
    dtype: np.dtype[Any]
    rule: Rule
    handed: dict[str, Array] = field(default_factory=dict)

    def total(self, value: Array) -> NDArray[np.float64]:
        """Sum of ``value`` over the shards, in float64."""
        return self.meeting.total(self.rank, value)


@dataclass
class Frame:
    """One layer's view of a pass (see ``core.rules.Context``); names are relative to ``path``.

    Attributes:
        plain: Whether plain rules alone are asked, as inside a container that knows no grouped images.
    """

    shared: Pass
    path: str = ""
    plain: bool = False
    training: bool = field(init=False)
    precise: bool = field(init=False)
    records: bool = field(init=False)
    plan: Chooser = field(init=False)
    samples: int = field(init=False)
    batch: int = field(init=False)
    own: slice = field(init=False)
    input_gradient: bool = field(init=False)

    def __post_init__(self) -> None:
        self.training, self.precise = self.shared.training, self.shared.precise
        self.records = self.shared.records
        self.plan = self.shared.plan
        self.samples, self.batch = self.shared.samples, self.shared.batch
        self.own = slice(self.shared.first, self.shared.first + self.samples)
        self.input_gradient = self.path not in self.shared.unread

    def __getitem__(self, name: str) -> Array:
        return self.shared.arrays[self.path + name]

    def grad(self, name: str) -> Array:
        return self.shared.grads[self.path + name]

    def update(self, name: str, value: Array) -> None:
        self.shared.updates[self.path + name] = value

    def total(self, value: Array) -> NDArray[np.float64]:
        return self.shared.total(value)

    def board(self, name: str) -> Array | None:
        if self.shared.meeting.size == 1:
            return None
        board = self.shared.boards.get(self.path + name)
        return None if board is None else board[: self.batch]

    def meet(self) -> None:
        self.shared.meeting.wait(self.shared.rank)

    def share(self, count: int) -> slice:
        rank, size = self.shared.rank, self.shared.meeting.size
        return slice(count * rank // size, count * (rank + 1) // size)

    def words(self, each: int) -> NDArray[np.uint16]:
        p = self.shared
        return random.words(
            p.seed, "layer", self.path, p.step, first=p.first, samples=p.samples, each=each
        )

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike | None = None) -> Array:
        return self.shared.workspace.empty(shape, dtype or self.shared.dtype)

    def scratch(self, name: str, size: int) -> Array:
        return self.shared.workspace.scratch(name, size, self.shared.dtype)

    def bordered(self, groups: int, height: int, width: int, channels: int) -> Array:
        return self.shared.workspace.bordered(groups, height, width, channels, self.shared.dtype)

    def part(self, name: str) -> Frame:
        """The frame of the layer called ``name`` beside this one; for layers fused into one."""
        beside = self.path[: self.path[:-1].rfind(".") + 1]
        return replace(self, path=f"{beside}{name}.")

    def hand(self, name: str, value: Array) -> None:
        """Lays ``value`` out for sublayer ``name``, which takes it with ``handed``."""
        self.shared.handed[f"{self.path}{name}."] = value

    def handed(self) -> Array:
        """What was laid out for this layer; only once."""
        return self.shared.handed.pop(self.path)

    def run(self, name: str, layer: Layer, x: Array) -> tuple[Array, Backward]:
        inner = replace(self, path=f"{self.path}{name}.") if name else self
        check = self.shared.meeting.check
        check()
        try:
            y, backward = self.shared.rule(layer, x, inner)
        except Exception as error:
            if not getattr(error, "__notes__", None):  # the innermost layer names the place
                error.add_note(
                    f"while running {layer} at {inner.path!r} on a batch of shape {x.shape}"
                )
            raise
        if not self.records:
            return y, never  # what the way back would have needed is free for the next layers
        if self.shared.unread.get(inner.path) is False:
            return y, lambda dy: dy

        def checked(dy: Array) -> Array:
            check()
            return backward(dy)

        return y, checked


def run_rule(layer: Layer, x: Array, ctx: Frame) -> tuple[Array, Backward]:
    """Runs the fast rule where there is one and ``x`` is grouped, else the plain rule."""
    if ctx.plain:
        return forward(layer, x, ctx)
    if x.ndim != 5 or not has_rule(fast_forward, layer):
        return _run_plain(layer, x, ctx)
    y, backward = fast_forward(layer, x, ctx)
    if y.ndim == 5 and y is not x:
        clear_phantoms(y, ctx.samples)

    def cleared(dy: Array) -> Array:
        dx = backward(dy)
        if dx.ndim == 5 and dx is not dy:
            clear_phantoms(dx, ctx.samples)
        return dx

    return y, cleared


def _run_plain(layer: Layer, x: Array, ctx: Frame) -> tuple[Array, Backward]:
    """Takes grouped images to the plain rule, and images that it gives back into the layout."""
    inner = ctx if has_rule(fast_forward, layer) else replace(ctx, plain=True)
    y, backward = forward(layer, as_plain(x, ctx.samples), inner)
    made_inside = y.ndim == 5  # a container's, whose layers have made images of features

    def grouped(plain: Array) -> Array:
        if plain.ndim != 4:
            return plain
        _, c, h, w = plain.shape
        result = ctx.bordered(group_count(ctx.samples), h, w, c)
        write_groups(plain, result)
        return result

    def back(dy: Array) -> Array:
        return grouped(backward(dy if made_inside else as_plain(dy, ctx.samples)))

    return grouped(y), back
