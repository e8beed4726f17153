"""Mean over all tokens."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class TokenMean(Layer):
    """Reads ``(tokens, features)`` and writes the mean token, ``(features,)``.

    Source: Beyer et al. 2022, arXiv:2205.01580 (better than a class token in small ViTs).
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(
                f"TokenMean reads (tokens, features) but was given {x}; "
                "images have GlobalAvgPool() for it"
            )
        return x[1:]


@forward.register
def token_mean(layer: TokenMean, x: Array, ctx: Context) -> tuple[Array, Backward]:
    tokens = x.shape[1]

    def backward(dy: Array) -> Array:
        dx = ctx.memory.empty(x.shape)
        dx[...] = (dy / tokens)[:, None]
        return dx

    return x.mean(1), backward


@torch_twin.register
def token_mean_twin(layer: TokenMean, x: Shape, torch: ModuleType) -> Any:
    class Mean(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return x.mean(1)

    return Mean()
