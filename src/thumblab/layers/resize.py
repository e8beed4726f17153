"""Images brought to another size by linear interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class Resize(Layer):
    """Reads ``(c, h, w)`` and writes ``(c, size, size)``, interpolated between the four nearest pixels.

    Pixels are squares whose centers are at half-integers (PyTorch's ``align_corners=False``), and
    beyond the outermost centers the image goes on unchanged. Nothing is smoothed before shrinking
    (PyTorch's ``antialias=False``): below half the size, pixels are skipped.

    Attributes:
        size: Side written, in pixels.
    """

    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ShapeError(f"{self}: an image has at least 1 pixel a side")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"Resize reads (channels, height, width) but was given {x}")
        return (x[0], self.size, self.size)


def between(side: int, size: int) -> Array:
    """How ``size`` new pixels mix ``side`` old ones, ``(size, side)``; every row sums to 1."""
    place = np.maximum((np.arange(size) + 0.5) * (side / size) - 0.5, 0)
    first = place.astype(int)
    second = np.minimum(first + 1, side - 1)
    matrix = np.zeros((size, side))
    np.add.at(matrix, (np.arange(size), first), 1 - (place - first))
    np.add.at(matrix, (np.arange(size), second), place - first)
    return matrix


@forward.register
def resize(layer: Resize, x: Array, ctx: Context) -> tuple[Array, Backward]:
    down, across = (between(side, layer.size).astype(x.dtype) for side in x.shape[2:])
    y = down @ x @ across.T  # (size, h) @ (n, c, h, w) @ (w, size)
    return y, lambda dy: down.T @ dy @ across


@torch_twin.register
def resize_twin(layer: Resize, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Upsample((layer.size, layer.size), mode="bilinear", align_corners=False)
