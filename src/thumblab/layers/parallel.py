"""Layers side by side, and the residual connection made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from types import ModuleType
from typing import Any, Literal

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.identity import Identity


@dataclass(frozen=True, init=False, repr=False)
class Parallel(Layer):
    """Layers that read one input; their outputs are added, or joined along channels.

    Joining is along the first axis of a sample: channels of images, features of vectors.
    """

    layers: tuple[Layer, ...]
    merge: Literal["add", "concat"]

    def __init__(self, *layers: Layer, merge: Literal["add", "concat"] = "add") -> None:
        if not layers or merge not in ("add", "concat"):
            raise ShapeError(
                f"Parallel takes at least one layer and merge 'add' or 'concat', not {merge!r}"
            )
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "merge", merge)

    def __repr__(self) -> str:
        return f"Parallel({', '.join(map(repr, self.layers))}, merge={self.merge!r})"

    def inside(self, x: Shape) -> Iterator[tuple[str, Layer, Shape]]:
        return ((str(i), layer, x) for i, layer in enumerate(self.layers))

    def out_shape(self, x: Shape) -> Shape:
        shapes = [layer.out_shape(x) for layer in self.layers]
        if len({shape if self.merge == "add" else shape[1:] for shape in shapes}) > 1:
            raise ShapeError(
                f"Parallel(merge={self.merge!r}) cannot merge branches that write {shapes}; "
                "give the shortcut a 1x1 Conv of the body's channels and stride"
            )
        if self.merge == "add":
            return shapes[0]
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def flops(self, x: Shape) -> int:
        return sum(layer.flops(x) for layer in self.layers)

    def map(self, edit: Callable[[Layer], Layer]) -> Layer:
        return edit(Parallel(*(layer.map(edit) for layer in self.layers), merge=self.merge))


def residual(body: Layer, shortcut: Layer = Identity()) -> Parallel:
    """``body(x) + shortcut(x)`` (He et al. 2015, arXiv:1512.03385)."""
    return Parallel(body, shortcut)


PIECE = 64 * 1024
"""Values of each branch that are added at a time."""


def _sum(parts: list[Array], ctx: Context) -> Array:
    """The sum; a new array if there is more than one part."""
    if len(parts) == 1:
        return parts[0]
    total = ctx.memory.empty(parts[0].shape)
    flat, rest = total.reshape(-1), [part.reshape(-1) for part in parts]
    for first in range(0, flat.size, PIECE):
        piece = slice(first, first + PIECE)
        values = np.add(rest[0][piece], rest[1][piece], out=flat[piece])
        for part in rest[2:]:
            values += part[piece]
    return total


@forward.register
@fast_forward.register
def parallel(layer: Parallel, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return (_add if layer.merge == "add" else _join)(layer, x, ctx)


def _add(layer: Parallel, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """The sum of the branches."""
    runs = [ctx.run(str(i), child, x) for i, child in enumerate(layer.layers)]
    steps = [step for _, step in runs]
    y = _sum([part for part, _ in runs], ctx)

    def backward(dy: Array) -> Array:
        back = [step(dy) for step in steps]
        return _sum(back, ctx) if ctx.needs_input_grad else dy

    return y, backward


def _join(layer: Parallel, x: Array, ctx: Context) -> tuple[Array, Backward]:
    """The branches' channels one after the other."""
    runs = [ctx.run(str(i), child, x) for i, child in enumerate(layer.layers)]
    steps = [step for _, step in runs]
    axis = -1 if runs[0][0].ndim == 5 else 1  # the blocked layout has its channels last
    cuts = list(accumulate(y.shape[axis] for y, _ in runs))[:-1]
    y = np.concatenate([part for part, _ in runs], axis)
    del runs

    def backward(dy: Array) -> Array:
        parts = np.split(dy, cuts, axis)
        back = [step(np.ascontiguousarray(part)) for step, part in zip(steps, parts, strict=True)]
        return _sum(back, ctx) if ctx.needs_input_grad else dy

    return y, backward


@torch_twin.register
def parallel_twin(layer: Parallel, x: Shape, torch: ModuleType) -> Any:
    joined = layer.merge == "concat"

    class Branches(torch.nn.ModuleDict):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            outputs = [module(x) for module in self.values()]
            return torch.cat(outputs, 1) if joined else sum(outputs[1:], outputs[0])

    return Branches(
        {name: torch_twin(child, shape, torch) for name, child, shape in layer.inside(x)}
    )
