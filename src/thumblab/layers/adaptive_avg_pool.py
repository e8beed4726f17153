"""Mean over as many windows as asked for, whatever the image's size."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class AdaptiveAvgPool(Layer):
    """Reads ``(c, h, w)`` and writes ``(c, size, size)``, means of windows that cover the image.

    Window ``i`` of ``size`` holds the rows from ``floor(i * h / size)`` up to, not including,
    ``ceil((i + 1) * h / size)``, as in PyTorch; where ``size`` does not divide ``h`` windows overlap.

    Attributes:
        size: Windows along either side.

    Source: bins whose number is fixed, He et al. 2014, arXiv:1406.4729.
    """

    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ShapeError(f"{self}: an image has at least 1 pixel a side")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"AdaptiveAvgPool reads (channels, height, width) but was given {x}")
        return (x[0], self.size, self.size)


def shares(side: int, size: int) -> Array:
    """The share of each of ``side`` pixels in each of ``size`` windows, ``(size, side)``."""
    matrix = np.zeros((size, side))
    for i in range(size):
        first, last = i * side // size, -(-(i + 1) * side // size)
        matrix[i, first:last] = 1 / (last - first)
    return matrix


@forward.register
def adaptive_avg_pool(layer: AdaptiveAvgPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    down, across = (shares(side, layer.size).astype(x.dtype) for side in x.shape[2:])
    y = down @ x @ across.T  # (size, h) @ (n, c, h, w) @ (w, size)
    return y, lambda dy: down.T @ dy @ across


@torch_twin.register
def adaptive_avg_pool_twin(layer: AdaptiveAvgPool, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.AdaptiveAvgPool2d(layer.size)
