"""Features on their principal axes."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, prepare, torch_twin
from thumblab.layers.whiten import signed

NARROW = 1e-10
"""Share of the widest axis' variance up to which there is none along another."""


@dataclass(frozen=True)
class PCAProjection(Layer):
    """``y = (x - mean) @ components.T``: the directions in which training samples vary most.

    Reads ``(features,)`` and writes ``(axes,)``. ``mean`` ``(features,)`` and ``components``
    ``(axes, features)`` are not trained: ``prepare`` fits them, the widest axis first, with the
    largest entry of each positive. Until then the axes are any orthonormal ones. Beyond the axes along
    which training samples vary, fewer than there are samples, components are 0: rounding would choose
    them, and what it chose could be anything but narrow on other samples.

    Attributes:
        axes: Principal components kept; at most as many as there are features.

    Source: Pearson 1901; Hotelling 1933.
    """

    axes: int

    def __post_init__(self) -> None:
        if self.axes < 1:
            raise ShapeError(f"{self}: a projection keeps at least 1 axis")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(
                f"PCAProjection reads (features,) but was given {x}; put Flatten() before it"
            )
        if self.axes > x[0]:
            raise ShapeError(f"{self} keeps more axes than there are features, {x[0]}; keep fewer")
        return (self.axes,)

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {
            "mean": Weight(x, trained=False),
            "components": Weight((self.axes, *x), "orthogonal", trained=False),
        }

    def flops(self, x: Shape) -> int:
        return 2 * x[0] * self.axes


@prepare.register
def pca_projection_prepare(layer: PCAProjection, x: Array) -> dict[str, Array]:
    mean = x.mean(0, dtype=np.float64)
    centered = x - mean
    spread, vectors = np.linalg.eigh(centered.T @ centered)  # (f,), (f, f), smallest first
    axes = np.where(spread > NARROW * spread[-1], vectors, 0).T[::-1][: layer.axes]
    return {"mean": mean, "components": signed(axes)}


@forward.register
def pca_projection(layer: PCAProjection, x: Array, ctx: Context) -> tuple[Array, Backward]:
    components = ctx.params["components"]

    def backward(dy: Array) -> Array:
        return dy @ components if ctx.needs_input_grad else dy

    return (x - ctx.params["mean"]) @ components.T, backward  # (n, f) @ (f, axes)


@torch_twin.register
def pca_projection_twin(layer: PCAProjection, x: Shape, torch: ModuleType) -> Any:
    class Projection(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.zeros(x))
            self.register_buffer("components", torch.zeros(layer.axes, *x))

        def forward(self, x: Any) -> Any:
            return (x - self.mean) @ self.components.T

    return Projection()
