"""The layer that does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class Identity(Layer):
    """``y = x``; what ``swap`` puts in the place of a layer under study."""


@forward.register
@fast_forward.register
def identity(layer: Identity, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return x, lambda dy: dy


@torch_twin.register
def identity_twin(layer: Identity, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Identity()
