"""How often each color occurs, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class ColorHistogram(Layer):
    """Reads ``(c, h, w)`` and writes ``(c * bins,)``: for each channel, the share of pixels by value.

    Bins are centered at ``bins`` equal steps from ``low`` to ``high``. A value is shared out between
    the three nearest by a quadratic B-spline, ``3/4 - t**2`` at ``|t| <= 1/2`` bins from a center and
    ``(3/2 - |t|)**2 / 2`` up to ``3/2``; its shares sum to 1, and the counts have a derivative
    everywhere. Values more than 3/2 bins outside are not counted. It has no weights.

    Attributes:
        bins: Bins a channel; at least 2.
        low: Center of the first bin, in units of what the network sees.
        high: Center of the last bin.

    Source: Swain & Ballard 1991, "Color indexing".
    """

    bins: int = 8
    low: float = -2.0
    high: float = 2.0

    def __post_init__(self) -> None:
        if self.bins < 2 or not self.low < self.high:
            raise ShapeError(f"{self}: bins must be at least 2, and low below high")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"ColorHistogram reads (channels, height, width) but was given {x}")
        return (x[0] * self.bins,)

    @property
    def step(self) -> float:
        """From one center to the next."""
        return (self.high - self.low) / (self.bins - 1)


@forward.register
def color_histogram(layer: ColorHistogram, x: Array, ctx: Context) -> tuple[Array, Backward]:
    n, c, h, w = x.shape
    edge, width = 3, layer.bins + 6  # values outside fall into bins that are not kept
    place = np.clip((x - layer.low) / layer.step, -2, layer.bins + 1).reshape(n * c, -1)
    nearest = np.rint(place)
    t = place - nearest
    at = nearest.astype(np.int64) + (np.arange(n * c) * width + edge)[:, None]
    shares = ((0.5 - t) ** 2 / 2, 0.75 - t**2, (0.5 + t) ** 2 / 2)  # below, here, above
    counts = sum(
        np.bincount((at + side).ravel(), each.ravel(), n * c * width)
        for side, each in zip((-1, 0, 1), shares, strict=True)
    )
    y = np.asarray(counts).reshape(n, c, width)[:, :, edge:-edge] / (h * w)

    def backward(dy: Array) -> Array:
        dcounts = np.zeros((n, c, width), x.dtype)
        dcounts[:, :, edge:-edge] = dy.reshape(n, c, -1) / (h * w * layer.step)
        below, here, above = (dcounts.ravel()[at + side] for side in (-1, 0, 1))
        dx: Array = (t - 0.5) * below - 2 * t * here + (t + 0.5) * above
        return dx.reshape(x.shape)

    return y.astype(x.dtype).reshape(n, -1), backward


@torch_twin.register
def color_histogram_twin(layer: ColorHistogram, x: Shape, torch: ModuleType) -> Any:
    class Histogram(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            shares = []
            for k in range(layer.bins):
                t = ((x - layer.low) / layer.step - k).abs()
                wide, narrow = (1.5 - t).clamp(min=0), (0.5 - t).clamp(min=0)
                shares.append((wide**2 / 2 - 1.5 * narrow**2).mean((2, 3)))
            return torch.stack(shares, 2).flatten(1)

    return Histogram()
