"""Self-normalizing exponential linear units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.elementwise import elementwise
from thumblab.layers.elu import exponential

ALPHA = 1.6732632423543772848170429916717
SCALE = 1.0507009873554804934193349852946
"""With these, mean 0 and variance 1 are a stable fixed point of a deep stack of layers."""


@dataclass(frozen=True)
class SELU(Layer):
    """``y = SCALE * x`` where ``x > 0``, else ``SCALE * ALPHA * (exp(x) - 1)``.

    Give the layers before it ``init="lecun_normal"``, as the paper asks.

    Source: Klambauer et al. 2017, arXiv:1706.02515.
    """


@forward.register
@fast_forward.register
def selu(layer: SELU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(partial(exponential, alpha=ALPHA, scale=SCALE), x, ctx)


@torch_twin.register
def selu_twin(layer: SELU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.SELU()
