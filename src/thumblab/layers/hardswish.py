"""SiLU made of straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.elementwise import elementwise


@dataclass(frozen=True)
class Hardswish(Layer):
    """``y = x * min(max(x + 3, 0), 6) / 6``. The gradient is 0 at exactly -3 and 1 at exactly 3.

    Source: Howard et al. 2019, arXiv:1905.02244 (MobileNetV3).
    """


def _hardswish(x: Array) -> tuple[Array, Array]:
    """The function and its slope."""
    share = np.clip(x + 3, 0, 6) / 6
    bent = (x > -3) & (x < 3)
    return x * share, np.where(bent, np.clip(x, -3, 3) / 3 + 0.5, share)


@forward.register
@fast_forward.register
def hardswish(layer: Hardswish, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(_hardswish, x, ctx)


@torch_twin.register
def hardswish_twin(layer: Hardswish, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Hardswish()
