"""A layer that is owned and no_backward called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape, Weight, weights
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class Unused(Layer):
    """``y = x``; yet the weights of ``layer`` exist, are counted and saved, and have gradient 0.

    Published networks hold such layers by mistake, and their parameter counts include them. Weights:
    those of ``layer``, as ``layer.weight`` and so on. It is a leaf: it costs no operations.

    Attributes:
        layer: What is not called; it has to fit the input all the same.
    """

    layer: Layer

    def out_shape(self, x: Shape) -> Shape:
        self.layer.out_shape(x)
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {f"layer.{name}": weight for name, weight in weights(self.layer, x).items()}

    def map(self, edit: Callable[[Layer], Layer]) -> Layer:
        return edit(Unused(self.layer.map(edit)))


@forward.register
@fast_forward.register
def unused(layer: Unused, x: Array, ctx: Context) -> tuple[Array, Backward]:
    shape = (x.shape[4], x.shape[1] - 2, x.shape[2] - 2) if x.ndim == 5 else x.shape[1:]

    def backward(dy: Array) -> Array:
        for name, weight in layer.weights(shape).items():
            if weight.trained:
                ctx.grads[name][...] = 0
        return dy

    return x, backward


@torch_twin.register
def unused_twin(layer: Unused, x: Shape, torch: ModuleType) -> Any:
    class Owner(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch_twin(layer.layer, x, torch)

        def forward(self, x: Any) -> Any:
            for parameter in self.parameters():  # weight decay and DDP want a gradient, if 0
                x = x + 0 * parameter.sum()
            return x

    return Owner()
