"""Where a token stands."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class PositionEmbedding(Layer):
    """Adds a learned vector to every token, one a position.

    Reads and writes ``(tokens, features)``. Weight: ``position`` ``(tokens, features)``.

    Source: Dosovitskiy et al. 2020, arXiv:2010.11929.
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(
                f"PositionEmbedding reads (tokens, features) but was given {x}; "
                "put PatchEmbedding() before it"
            )
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"position": Weight(x, "small_normal")}


@forward.register
def position_embedding(layer: PositionEmbedding, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y: Array = np.add(x, ctx.params["position"], out=ctx.memory.empty(x.shape))

    def backward(dy: Array) -> Array:
        dy.sum(0, out=ctx.grads["position"])
        return dy

    return y, backward


@torch_twin.register
def position_embedding_twin(layer: PositionEmbedding, x: Shape, torch: ModuleType) -> Any:
    class Positions(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.position = torch.nn.Parameter(torch.zeros(x))

        def forward(self, x: Any) -> Any:
            return x + self.position

    return Positions()
