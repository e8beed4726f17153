"""A token that belongs to no patch."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class ClassToken(Layer):
    """Puts a learned token before the others; ``TokenFirst`` reads it again.

    Reads ``(tokens, features)`` and writes ``(1 + tokens, features)``. Weight: ``token``
    ``(1, features)``.

    Source: Dosovitskiy et al. 2020, arXiv:2010.11929.
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(
                f"ClassToken reads (tokens, features) but was given {x}; "
                "put PatchEmbedding() before it"
            )
        return (1 + x[0], x[1])

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"token": Weight((1, x[1]), "small_normal")}


@forward.register
def class_token(layer: ClassToken, x: Array, ctx: Context) -> tuple[Array, Backward]:
    n, tokens, features = x.shape
    y = ctx.memory.empty((n, 1 + tokens, features))
    y[:, :1], y[:, 1:] = ctx.params["token"], x

    def backward(dy: Array) -> Array:
        dy[:, 0].sum(0, out=ctx.grads["token"][0])
        return np.ascontiguousarray(dy[:, 1:])

    return y, backward


@torch_twin.register
def class_token_twin(layer: ClassToken, x: Shape, torch: ModuleType) -> Any:
    class Prepend(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.token = torch.nn.Parameter(torch.zeros(1, x[1]))

        def forward(self, x: Any) -> Any:
            return torch.cat([self.token.expand(len(x), 1, -1), x], 1)

    return Prepend()
