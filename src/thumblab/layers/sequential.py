"""Layers one after another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True, init=False, repr=False)
class Sequential(Layer):
    """``layers[-1](... layers[0](x))``; weights are found under the layer's position: ``"0.weight"``."""

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer) -> None:
        object.__setattr__(self, "layers", layers)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def inside(self, x: Shape) -> Iterator[tuple[str, Layer, Shape]]:
        for i, layer in enumerate(self.layers):
            yield str(i), layer, x
            x = layer.out_shape(x)

    def out_shape(self, x: Shape) -> Shape:
        for layer in self.layers:
            x = layer.out_shape(x)
        return x

    def flops(self, x: Shape) -> int:
        return sum(layer.flops(shape) for _, layer, shape in self.inside(x))

    def map(self, edit: Callable[[Layer], Layer]) -> Layer:
        return edit(Sequential(*(layer.map(edit) for layer in self.layers)))


@forward.register
@fast_forward.register
def sequential(layer: Sequential, x: Array, ctx: Context) -> tuple[Array, Backward]:
    steps = []
    for i, child in enumerate(layer.layers):
        x, step = ctx.run(str(i), child, x)
        steps.append(step)

    def backward(dy: Array) -> Array:
        while steps:  # a step dropped here frees the memory that its layer kept
            dy = steps.pop()(dy)
        return dy

    return x, backward


@torch_twin.register
def sequential_twin(layer: Sequential, x: Shape, torch: ModuleType) -> Any:
    twins = {name: torch_twin(child, shape, torch) for name, child, shape in layer.inside(x)}
    return torch.nn.Sequential(OrderedDict(twins))
