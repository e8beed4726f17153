"""The hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class Tanh(Layer):
    """``y = tanh(x)``, between -1 and 1.

    Source: LeCun et al. 1998, "Efficient BackProp".
    """


@forward.register
@fast_forward.register
def tanh(layer: Tanh, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y: Array = np.tanh(x, out=ctx.memory.empty(x.shape))
    return y, lambda dy: dy * (1 - y * y)


@torch_twin.register
def tanh_twin(layer: Tanh, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Tanh()
