"""Features of mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, prepare, torch_twin


@dataclass(frozen=True)
class StandardScaler(Layer):
    """``y = (x - mean) / std`` with the training samples' own moments, feature by feature.

    Reads and writes ``(features,)``. ``mean`` and ``std`` are not trained: ``prepare`` fits them; a
    feature that never varies is divided by 1. Until then nothing changes.

    Source: LeCun et al. 1998, "Efficient BackProp".
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(
                f"StandardScaler reads (features,) but was given {x}; put Flatten() before it"
            )
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"mean": Weight(x, trained=False), "std": Weight(x, "ones", trained=False)}


@prepare.register
def standardize_prepare(layer: StandardScaler, x: Array) -> dict[str, Array]:
    constant = (x == x[0]).all(0)  # its computed deviation is rounding, not 0
    return {
        "mean": x.mean(0, dtype=np.float64),
        "std": np.where(constant, 1, x.std(0, dtype=np.float64)),
    }


@forward.register
def standardize(layer: StandardScaler, x: Array, ctx: Context) -> tuple[Array, Backward]:
    std = ctx.params["std"]
    return (x - ctx.params["mean"]) / std, lambda dy: dy / std


@torch_twin.register
def standardize_twin(layer: StandardScaler, x: Shape, torch: ModuleType) -> Any:
    class Moments(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.zeros(x))
            self.register_buffer("std", torch.ones(x))

        def forward(self, x: Any) -> Any:
            return (x - self.mean) / self.std

    return Moments()
