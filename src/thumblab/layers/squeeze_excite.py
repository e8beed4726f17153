"""Channels weighted by what the whole image says of them."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside
from thumblab.layers.sigmoid import logistic


@dataclass(frozen=True)
class SqueezeExcite(Layer):
    """``y = x * sigmoid(fc2(relu(fc1(mean of x's pixels))))``, one factor a channel.

    Weights: ``fc1.weight`` ``(hidden, c)``, ``fc1.bias``, ``fc2.weight`` ``(c, hidden)``, ``fc2.bias``,
    with ``hidden = max(c // reduction, 1)``.

    Attributes:
        reduction: Channels per hidden unit; the paper has 16, its small nets fewer.
        init: How the weights start (``core.initialize``); the biases start at 0, or with
            ``"torch_default"`` as PyTorch starts them.

    Source: Hu et al. 2017, arXiv:1709.01507.
    """

    reduction: int = 4
    init: str = "torch_default"

    def __post_init__(self) -> None:
        if self.reduction < 1:
            raise ShapeError(f"{self}: reduction must be at least 1")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"SqueezeExcite reads (channels, height, width) but was given {x}")
        return x

    def hidden(self, channels: int) -> int:
        """Units between the two dense maps."""
        return max(channels // self.reduction, 1)

    def weights(self, x: Shape) -> dict[str, Weight]:
        c, hidden = x[0], self.hidden(x[0])
        start = self.init if self.init == "torch_default" else "zeros"
        return {
            "fc1.weight": Weight((hidden, c), self.init),
            "fc1.bias": Weight((hidden,), start, fan_in=c),
            "fc2.weight": Weight((c, hidden), self.init),
            "fc2.bias": Weight((c,), start, fan_in=hidden),
        }

    def flops(self, x: Shape) -> int:
        return 4 * x[0] * self.hidden(x[0])


def _gate(mean: Array, ctx: Context) -> tuple[Array, Backward]:
    """The factors ``(n, c)`` for the means ``(n, c)``, and the backward pass."""
    first, second = ctx.params["fc1.weight"], ctx.params["fc2.weight"]
    hidden = np.maximum(mean @ first.T + ctx.params["fc1.bias"], 0)  # (n, c) @ (c, hidden)
    gate = logistic(hidden @ second.T + ctx.params["fc2.bias"])  # (n, hidden) @ (hidden, c)

    def backward(dgate: Array) -> Array:
        dscore = dgate * (gate * (1 - gate))
        ctx.grads["fc2.weight"][...] = dscore.T @ hidden
        ctx.grads["fc2.bias"][...] = dscore.sum(0)
        dhidden = dscore @ second * (hidden > 0)
        ctx.grads["fc1.weight"][...] = dhidden.T @ mean
        ctx.grads["fc1.bias"][...] = dhidden.sum(0)
        dmean: Array = dhidden @ first
        return dmean

    return gate, backward


@forward.register
def squeeze_excite(layer: SqueezeExcite, x: Array, ctx: Context) -> tuple[Array, Backward]:
    pixels = x.shape[2] * x.shape[3]
    gate, gate_back = _gate(x.mean((2, 3)), ctx)
    spread = gate[:, :, None, None]

    def backward(dy: Array) -> Array:
        dmean = gate_back(np.einsum("nchw,nchw->nc", dy, x))
        dx: Array = dy * spread + (dmean / pixels)[:, :, None, None]
        return dx

    return x * spread, backward


@fast_forward.register
def squeeze_excite_blocks(layer: SqueezeExcite, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, n, c = x.shape
    pixels = (h - 2) * (w - 2)
    mean = inside(x).mean((1, 2)).reshape(g * n, c)
    gate, gate_back = _gate(mean, ctx)  # padding samples too; their gradient is 0
    spread = gate.reshape(g, 1, 1, n, c)

    def backward(dy: Array) -> Array:
        products = np.einsum("ghwnc,ghwnc->gnc", inside(dy), inside(x)).reshape(g * n, c)
        dmean = gate_back(products) / pixels
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        np.multiply(inside(dy), spread, out=inside(dx))
        inside(dx)[...] += dmean.reshape(spread.shape)
        return dx

    return np.multiply(x, spread, out=ctx.memory.empty(x.shape)), backward


@torch_twin.register
def squeeze_excite_twin(layer: SqueezeExcite, x: Shape, torch: ModuleType) -> Any:
    c, hidden = x[0], layer.hidden(x[0])

    class Gated(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.fc2 = torch.nn.Linear(c, hidden), torch.nn.Linear(hidden, c)

        def forward(self, x: Any) -> Any:
            gate = torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean((2, 3))))))
            return x * gate[:, :, None, None]

    return Gated()
