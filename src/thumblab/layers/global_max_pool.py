"""Maximum over all pixels."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class GlobalMaxPool(Layer):
    """Reads ``(c, h, w)`` and writes the largest of each channel's pixels, ``(c,)``.

    Where several pixels tie, the gradient goes to the first in row order, as in PyTorch.

    Source: Oquab et al. 2015, "Is object localization for free?".
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"GlobalMaxPool reads (channels, height, width) but was given {x}")
        return x[:1]


@forward.register
def global_max_pool(layer: GlobalMaxPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    pixels = x.reshape(*x.shape[:2], -1)  # (n, c, h * w)
    winner = pixels.argmax(2, keepdims=True)

    def backward(dy: Array) -> Array:
        dpixels = np.zeros_like(pixels)
        np.put_along_axis(dpixels, winner, dy[:, :, None], 2)
        return dpixels.reshape(x.shape)

    return np.take_along_axis(pixels, winner, 2)[:, :, 0], backward


@torch_twin.register
def global_max_pool_twin(layer: GlobalMaxPool, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Sequential(torch.nn.AdaptiveMaxPool2d(1), torch.nn.Flatten())
