"""Histograms of oriented gradients: edges by direction, counted in cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin

FLOOR = 1e-2
"""Added in quadrature to a gradient's and a block's length, so that flat pixels divide by no zero."""


@dataclass(frozen=True)
class HistogramOfGradients(Layer):
    """Reads ``(c, h, w)`` and writes ``(block**2 * bins, h / cell - block + 1, w / cell - block + 1)``.

    The gray image, the mean of the channels, has at every pixel a gradient ``g`` (half the difference
    of its neighbors; the border's stand in for those outside). It votes for ``bins`` directions
    ``u_k`` at angles ``pi * k / bins``, whichever way it points, with ``|g| (g u_k / |g|)**(2 bins - 2)``
    over a constant such that its votes sum to ``|g|``. A cell has the mean votes of ``cell x cell``
    pixels. A block is ``block x block`` cells, divided by its length; blocks overlap. Channels are the
    block's cells in row order, each with its bins. It has no weights.

    Dalal and Triggs let a vote fall off linearly to the two nearest bins, and take the channel with the
    longest gradient; the powers of a cosine here have a derivative everywhere.

    Attributes:
        bins: Directions in half a turn; at least 2.
        cell: Side of a cell, in pixels; divides the image's sides.
        block: Side of a block, in cells; 1 divides every cell by its own length.

    Source: Dalal & Triggs 2005, "Histograms of oriented gradients for human detection".
    """

    bins: int = 9
    cell: int = 4
    block: int = 2

    def __post_init__(self) -> None:
        if self.bins < 2 or self.cell < 1 or self.block < 1:
            raise ShapeError(f"{self}: bins must be at least 2, cell and block at least 1")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(
                f"HistogramOfGradients reads (channels, height, width) but was given {x}"
            )
        if x[1] % self.cell or x[2] % self.cell or min(x[1:]) < self.cell * self.block:
            raise ShapeError(
                f"{self} does not cut {x[1]}x{x[2]} pixels into whole cells and at least one block; "
                "choose a cell that divides both sides, or put a Resize before it"
            )
        rows, columns = (side // self.cell - self.block + 1 for side in x[1:])
        return (self.block**2 * self.bins, rows, columns)


def slopes(side: int) -> Array:
    """Half the difference of each pixel's neighbors as a matrix, ``(side, side)``."""
    at = np.arange(side)
    matrix = np.zeros((side, side))
    matrix[at, np.minimum(at + 1, side - 1)] += 0.5
    matrix[at, np.maximum(at - 1, 0)] -= 0.5
    return matrix


def means(side: int, cell: int) -> Array:
    """The mean of each ``cell`` neighboring pixels as a matrix, ``(side / cell, side)``."""
    return np.repeat(np.eye(side // cell), cell, 1) / cell


def directions(bins: int) -> list[tuple[float, float]]:
    """Across and down parts of the unit vectors voted for."""
    return [(float(np.cos(a)), float(np.sin(a))) for a in np.arange(bins) * np.pi / bins]


def share(bins: int) -> float:
    """What votes are multiplied with, so that a gradient's sum to its length."""
    return float(4 ** (bins - 1) / (bins * comb(2 * bins - 2, bins - 1)))


def raised(x: Array, power: int) -> Array:
    """``x ** power`` by squaring, which is many times faster than NumPy's own."""
    half = raised(x, power // 2) ** 2 if power > 1 else np.ones_like(x)
    return half * x if power % 2 else half


def _matrices(layer: HistogramOfGradients, h: int, w: int) -> list[Array]:
    return [slopes(h), slopes(w), means(h, layer.cell), means(w, layer.cell)]


@forward.register
def histogram_of_gradients(
    layer: HistogramOfGradients, x: Array, ctx: Context
) -> tuple[Array, Backward]:
    c, h, w = x.shape[1:]
    slope_down, slope_across, mean_down, mean_across = (
        matrix.astype(x.dtype) for matrix in _matrices(layer, h, w)
    )
    gray = x.mean(1)
    across, down = (
        gray @ slope_across.T,
        slope_down @ gray,
    )  # (n, h, w) @ (w, w), (h, h) @ (n, h, w)
    length = np.sqrt(across**2 + down**2 + FLOOR**2)
    unit_across, unit_down = across / length, down / length
    power, constant = 2 * layer.bins - 2, share(layer.bins)
    votes = (
        constant * length * raised(unit_across * u + unit_down * v, power)
        for u, v in directions(layer.bins)
    )
    cells = np.stack([mean_down @ each @ mean_across.T for each in votes], 1)  # (n, bins, H, W)
    y, blocks_back = _blocks(layer, cells)

    def backward(dy: Array) -> Array:
        dcells = blocks_back(dy)
        dacross, ddown, dlength = (np.zeros_like(gray) for _ in range(3))
        for k, (u, v) in enumerate(directions(layer.bins)):
            dvotes = constant * (mean_down.T @ dcells[:, k] @ mean_across)
            cosine = unit_across * u + unit_down * v
            slope = dvotes * raised(cosine, power - 1)
            dlength += (1 - power) * slope * cosine
            dacross += power * u * slope
            ddown += power * v * slope
        dacross += dlength * unit_across
        ddown += dlength * unit_down
        dgray = dacross @ slope_across + slope_down.T @ ddown
        return np.broadcast_to(dgray[:, None] / c, x.shape)

    return y, backward


def _blocks(layer: HistogramOfGradients, cells: Array) -> tuple[Array, Backward]:
    """Blocks of cells ``(n, bins, H, W)``, each divided by its length."""
    high, wide = (side - layer.block + 1 for side in cells.shape[2:])
    places = [
        np.s_[:, :, i : i + high, j : j + wide] for i, j in np.ndindex(layer.block, layer.block)
    ]
    raw = np.concatenate([cells[place] for place in places], 1)
    length = np.sqrt((raw**2).sum(1, keepdims=True) + FLOOR**2)
    y = raw / length

    def backward(dy: Array) -> Array:
        draw = (dy - y * (dy * y).sum(1, keepdims=True)) / length
        dcells = np.zeros_like(cells)
        for place, part in zip(places, np.split(draw, len(places), 1), strict=True):
            dcells[place] += part
        return dcells

    return y, backward


@torch_twin.register
def histogram_of_gradients_twin(layer: HistogramOfGradients, x: Shape, torch: ModuleType) -> Any:
    class Histograms(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name, matrix in zip("hwij", _matrices(layer, *x[1:]), strict=True):
                self.register_buffer(name, torch.from_numpy(matrix).float(), persistent=False)

        def forward(self, x: Any) -> Any:
            gray = x.mean(1)
            across, down = gray @ self.w.T, self.h @ gray
            length = (across**2 + down**2 + FLOOR**2).sqrt()
            cosines = torch.stack(
                [(across * u + down * v) / length for u, v in directions(layer.bins)], 1
            )
            votes = share(layer.bins) * length[:, None] * cosines ** (2 * layer.bins - 2)
            cells = self.i @ votes @ self.j.T
            high, wide = (side - layer.block + 1 for side in cells.shape[2:])
            raw = torch.cat(
                [
                    cells[:, :, i : i + high, j : j + wide]
                    for i, j in np.ndindex(layer.block, layer.block)
                ],
                1,
            )
            return raw / (raw.square().sum(1, keepdim=True) + FLOOR**2).sqrt()

    return Histograms()
