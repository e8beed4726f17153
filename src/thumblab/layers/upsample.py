"""Images enlarged by a whole factor."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin
from thumblab.layers.resize import between


@dataclass(frozen=True)
class Upsample(Layer):
    """Reads ``(c, h, w)`` and writes ``(c, factor * h, factor * w)``.

    Attributes:
        factor: How many times as long each side becomes.
        mode: ``"nearest"`` repeats pixels, ``"bilinear"`` interpolates as ``Resize`` does.

    Source: repeating in place of transposed convolution, Odena et al. 2016, "Deconvolution and
        checkerboard artifacts".
    """

    factor: int = 2
    mode: Literal["nearest", "bilinear"] = "nearest"

    def __post_init__(self) -> None:
        if self.factor < 1 or self.mode not in ("nearest", "bilinear"):
            raise ShapeError(f"{self}: factor must be at least 1 and mode 'nearest' or 'bilinear'")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"Upsample reads (channels, height, width) but was given {x}")
        return (x[0], self.factor * x[1], self.factor * x[2])


def _mixed(layer: Upsample, side: int) -> Array:
    """How the new pixels of an axis mix its old ones, ``(factor * side, side)``."""
    if layer.mode == "bilinear":
        return between(side, layer.factor * side)
    return np.repeat(np.eye(side), layer.factor, 0)


@forward.register
def upsample(layer: Upsample, x: Array, ctx: Context) -> tuple[Array, Backward]:
    down, across = (_mixed(layer, side).astype(x.dtype) for side in x.shape[2:])
    y = down @ x @ across.T  # (f * h, h) @ (n, c, h, w) @ (w, f * w)
    return y, lambda dy: down.T @ dy @ across


@torch_twin.register
def upsample_twin(layer: Upsample, x: Shape, torch: ModuleType) -> Any:
    aligned = None if layer.mode == "nearest" else False
    return torch.nn.Upsample(scale_factor=layer.factor, mode=layer.mode, align_corners=aligned)
