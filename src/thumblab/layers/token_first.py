"""The class token, alone."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class TokenFirst(Layer):
    """Reads ``(tokens, features)`` and writes the first token, ``(features,)``; see ``ClassToken``.

    Source: Dosovitskiy et al. 2020, arXiv:2010.11929.
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(
                f"TokenFirst reads (tokens, features) but was given {x}; put ClassToken() before it"
            )
        return x[1:]


@forward.register
def token_first(layer: TokenFirst, x: Array, ctx: Context) -> tuple[Array, Backward]:
    def backward(dy: Array) -> Array:
        dx = ctx.memory.empty(x.shape)
        dx[:, 0], dx[:, 1:] = dy, 0
        return dx

    return np.ascontiguousarray(x[:, 0]), backward


@torch_twin.register
def token_first_twin(layer: TokenFirst, x: Shape, torch: ModuleType) -> Any:
    class First(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return x[:, 0]

    return First()
