"""A sigmoid without exponentials."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class Softsign(Layer):
    """``y = x / (1 + |x|)``, between -1 and 1.

    Source: Turian et al. 2009; Glorot & Bengio 2010, "Understanding the difficulty of training deep
    feedforward neural networks".
    """


@forward.register
@fast_forward.register
def softsign(layer: Softsign, x: Array, ctx: Context) -> tuple[Array, Backward]:
    below = 1 + np.abs(x)
    return x / below, lambda dy: dy / below / below


@torch_twin.register
def softsign_twin(layer: Softsign, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Softsign()
