"""The two-dimensional Haar wavelet transform."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside

SIGNS = ((1, 1, 1, 1), (1, 1, -1, -1), (1, -1, 1, -1), (1, -1, -1, 1))
"""Of the pixels of a 2x2 square in row order, in LL, LH, HL and HH; over 2, an orthonormal matrix."""
PLACES = ((0, 0), (0, 1), (1, 0), (1, 1))


@dataclass(frozen=True)
class HaarTransform(Layer):
    """Reads ``(c, h, w)`` and writes ``(4 * c, h / 2, w / 2)``: all channels' LL, then LH, HL, HH.

    With a square of pixels ``a b`` over ``c d``: ``LL = (a + b + c + d) / 2`` is what they share,
    ``LH = (a + b - c - d) / 2`` changes from row to row, ``HL = (a - b + c - d) / 2`` from column to
    column and ``HH = (a - b - c + d) / 2`` along both; L is low, H high, across first and down second.
    The map is orthonormal, so it keeps lengths and its transpose inverts it.

    WaveMix's code (``pytorch_wavelets``) has the same bands, but the three high ones of a channel
    stand together there.

    Source: Haar 1910; as a layer Jeevan et al. 2022, arXiv:2205.14375 (WaveMix).
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"HaarTransform reads (channels, height, width) but was given {x}")
        if x[1] % 2 or x[2] % 2:
            raise ShapeError(
                f"HaarTransform needs even sides but was given {x[1]}x{x[2]} pixels; "
                "put a Resize or a padded Conv before it"
            )
        return (4 * x[0], x[1] // 2, x[2] // 2)


def _mix(parts: list[Array], signs: tuple[int, ...]) -> Array:
    """Half the sum of four arrays with signs."""
    total = 0.5 * parts[0]
    for part, sign in zip(parts[1:], signs[1:], strict=True):
        total += (0.5 * sign) * part
    return total


@forward.register
def haar_transform(layer: HaarTransform, x: Array, ctx: Context) -> tuple[Array, Backward]:
    corners = [x[:, :, i::2, j::2] for i, j in PLACES]

    def backward(dy: Array) -> Array:
        bands, dx = np.split(dy, 4, 1), np.empty_like(x)
        for (i, j), signs in zip(PLACES, SIGNS, strict=True):  # the matrix is symmetric
            dx[:, :, i::2, j::2] = _mix(bands, signs)
        return dx

    return np.concatenate([_mix(corners, signs) for signs in SIGNS], 1), backward


@fast_forward.register
def haar_transform_blocks(layer: HaarTransform, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, _, c = x.shape
    pixels = inside(x)
    corners = [pixels[:, i::2, j::2] for i, j in PLACES]
    y = ctx.memory.zero_padded(g, (h - 2) // 2, (w - 2) // 2, 4 * c)
    for band, signs in zip(np.split(inside(y), 4, -1), SIGNS, strict=True):
        band[...] = _mix(corners, signs)

    def backward(dy: Array) -> Array:
        bands, dx = np.split(inside(dy), 4, -1), ctx.memory.zero_padded(g, h - 2, w - 2, c)
        for (i, j), signs in zip(PLACES, SIGNS, strict=True):
            inside(dx)[:, i::2, j::2] = _mix(bands, signs)
        return dx

    return y, backward


@torch_twin.register
def haar_transform_twin(layer: HaarTransform, x: Shape, torch: ModuleType) -> Any:
    class Haar(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            a, b, c, d = (x[..., i::2, j::2] for i, j in PLACES)
            bands = (a + b + c + d, a + b - c - d, a - b + c - d, a - b - c + d)
            return torch.cat(bands, 1) / 2

    return Haar()
