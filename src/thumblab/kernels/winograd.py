"""3x3 convolution of stride 1 with fewer multiplications: Winograd's minimal filtering, F(m x m, 3 x 3).

An output tile of ``m x m`` pixels needs ``(m + 2)^2`` products instead of ``9 m^2``: 4 times fewer for
``m = 4``, 3.24 times for ``m = 3``, 2.25 times for ``m = 2``. Tiles ``d`` of ``(m + 2) x (m + 2)`` pixels
and kernels ``g`` are transformed, multiplied point by point, which over channels is one small matrix
product a point, and transformed back:

    y = A' [ (G g G') * (B' d B) ] A

All three transforms are themselves small matrix products on overlapping strided views, and the work goes
strip by strip, so that a strip stays in the cache. Rounding errors grow with ``m``: in float32 about 1e-5
of the largest output for ``m = 4``, 1e-6 for ``m = 2``.

The input gradient is the forward pass's adjoint, so that it shares the transformed gradient with the
weight gradient.

Source: Lavin & Gray 2015, arXiv:1509.09308; the points are 0, 1, -1, 2, -2 and infinity, the first ones
and infinity for smaller tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from thumblab.core.rules import Memory
from thumblab.kernels.conv_shape import ConvBackward
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import BLOCK, inside
from thumblab.kernels.layout import lines as image_lines
from thumblab.kernels.minimal_filters import matrix, transform_kernel, transform_kernel_back
from thumblab.kernels.products import multiply

Array = NDArray[Any]
STRIP = 512 * 1024
"""Transformed values of a strip; chosen by measurement. A strip has at least twice as many as the
transformed kernel, which is read once a strip."""


@dataclass(frozen=True)
class Strip:
    """Some rows of tiles of some blocks."""

    blocks: slice
    tile_rows: slice


@dataclass(frozen=True, eq=False)
class Tiling:
    """How the pixels of one shape are cut into tiles, and the scratch memory of a strip.

    Where the tiles hang over the image's edge, a strip is copied into a frame first, filled up with zeros.
    """

    m: int
    blocks: int
    height: int
    width: int
    read_channels: int
    written_channels: int
    dtype: np.dtype[Any]
    scratch: Callable[[str, int], Array]

    @property
    def side(self) -> int:
        """Pixels a tile reads along an axis."""
        return self.m + 2

    @property
    def center(self) -> int:
        """The point (1, 1), whose row and column of ``A'`` are ones: all that a bias changes."""
        return self.side + 1

    @property
    def tiles(self) -> tuple[int, int]:
        """Tiles of an image, down and across."""
        return -(-self.height // self.m), -(-self.width // self.m)

    @property
    def overhangs(self) -> bool:
        """Whether the last tiles reach over the edge."""
        return bool(self.height % self.m or self.width % self.m)

    def strips(self) -> Iterator[Strip]:
        """All strips: some rows of tiles of one image, or whole images."""
        down, across = self.tiles
        kernel = self.read_channels * self.written_channels * self.side**2
        row = across * BLOCK * max(self.read_channels, self.written_channels) * self.side**2
        fit = max(1, max(STRIP, 2 * kernel) // row)
        rows = -(-down // -(-down // fit))  # of equal height
        blocks = max(1, min(self.blocks, fit // down))
        for g in range(0, self.blocks, blocks):
            for t in range(0, down, rows):
                yield Strip(slice(g, min(g + blocks, self.blocks)), slice(t, min(t + rows, down)))

    def _take(self, name: str, shape: tuple[int, ...]) -> Array:
        return self.scratch(name, prod(shape)).reshape(shape)

    def pixels(self, strip: Strip) -> tuple[slice, slice]:
        """Groups and image rows of a strip."""
        t = strip.tile_rows
        return strip.blocks, slice(t.start * self.m, min(t.stop * self.m, self.height))

    def read(self, x: Array, strip: Strip, border: int) -> Array:
        """The strip's pixels of ``x`` with ``border`` more on all sides: ``(g, rows, columns, 16, c)``."""
        blocks, rows = self.pixels(strip)
        part = x[blocks, rows.start + 1 - border : rows.stop + 1 + border]
        part = part[:, :, 1 - border : self.width + 1 + border]
        if not self.overhangs:
            return part
        columns = self.tiles[1] * self.m + 2 * border
        count = strip.tile_rows.stop - strip.tile_rows.start
        shape = (len(part), count * self.m + 2 * border, columns, BLOCK, x.shape[-1])
        frame = self._take("frame", shape)
        frame[:, part.shape[1] :] = 0
        frame[:, :, part.shape[2] :] = 0
        frame[:, : part.shape[1], : part.shape[2]] = part
        return frame

    def transform_input(self, x: Array, strip: Strip, name: str) -> Array:
        """``B' d B`` of every tile ``d``: ``(side * side, tiles * 16, c)``."""
        m, a = self.m, self.side
        part = self.read(x, strip, 1)
        g, height, width, n, c = part.shape
        down, across = (height - 2) // m, (width - 2) // m
        filters = matrix("input", m, self.dtype)
        group, row, _, _, item = part.strides
        half = self._take("half", (g, down, a, width * n * c))
        windows = as_strided(part, half.shape, (group, m * row, row, item))
        np.matmul(filters, windows, out=half)  # (a, a) @ (a, width * 16 * c)
        tile = n * c * item
        step = half.strides
        columns = as_strided(
            half,
            (a, g, down, across, a, n * c),
            (step[2], step[0], step[1], m * tile, tile, item),
        )
        whole = self._take(name, (a, a, g, down, across, n * c))
        np.matmul(filters, columns, out=whole.transpose(0, 2, 3, 4, 1, 5))
        return whole.reshape(a * a, g * down * across * n, c)

    def transform_output(self, products: Array, y: Array, strip: Strip) -> None:
        """Writes ``A' p A`` of the point products ``(side * side, tiles * 16, c)`` into ``y``."""
        m, a = self.m, self.side
        blocks, rows = self.pixels(strip)
        down = strip.tile_rows.stop - strip.tile_rows.start
        g, across = blocks.stop - blocks.start, self.tiles[1]
        width = BLOCK * products.shape[-1]
        filters = matrix("output", m, self.dtype)
        points = products.reshape(a, a, g, down, across, width).transpose(0, 2, 3, 4, 1, 5)
        half = self._take("half", (g, down, a, across, m, width))
        np.matmul(filters, points, out=half.transpose(2, 0, 1, 3, 4, 5))  # (m, a) @ (a, 16 * c)
        lines = half.reshape(g, down, a, across * m * width)
        if not self.overhangs:
            np.matmul(filters, lines, out=inside(y)[blocks, rows].reshape(g, down, m, -1))
            return
        frame = self._take("frame", (g, down, m, across * m * width))
        np.matmul(filters, lines, out=frame)
        pixels = frame.reshape(g, down * m, across * m, BLOCK, -1)
        height = rows.stop - rows.start
        inside(y)[blocks, rows] = pixels[:, :height, : self.width]

    def transform_gradient(self, dy: Array, strip: Strip, name: str) -> Array:
        """``A d A'`` of every output tile ``d`` of the strip's blocks, the output transform's adjoint."""
        m, a = self.m, self.side
        part = self.read(dy, Strip(slice(0, len(dy)), strip.tile_rows), 0)
        g, height, columns, n, c = part.shape
        down, across, width = height // m, columns // m, n * c
        filters = matrix("gradient", m, self.dtype)
        half = self._take("half", (g, down, a, across * m * width))
        np.matmul(filters, part.reshape(g, down, m, -1), out=half)  # (a, m) @ (m, columns * 16 * c)
        tiles = half.reshape(g, down, a, across, m, width).transpose(2, 0, 1, 3, 4, 5)
        whole = self._take(name, (a, a, g, down, across, width))
        np.matmul(filters, tiles, out=whole.transpose(0, 2, 3, 4, 1, 5))
        return whole.reshape(a * a, g * down * across * n, c)

    def transform_input_back(self, products: Array, dx: Array, strip: Strip, carry: Array) -> slice:
        """Writes ``B p B'``, the adjoint of the input transform, into ``dx``, where tiles overlap.

        Of a tile's outermost pixels, which its neighbors own, the first is the first point and the last
        the last. ``carry`` ``(blocks, tiles across * m * 16 * c)`` keeps for the strip
        below what this one adds to it. Returns the image rows that are finished: the last one of a
        strip waits for the strip below.
        """
        m, a = self.m, self.side
        blocks, rows = self.pixels(strip)
        down = strip.tile_rows.stop - strip.tile_rows.start
        g, across = blocks.stop - blocks.start, self.tiles[1]
        width = BLOCK * products.shape[-1]
        filters = matrix("input back", m, self.dtype)
        points = products.reshape(a, a, g, down, across, width).transpose(0, 2, 3, 4, 1, 5)
        half = self._take("half", (g, down, a, across, m, width))
        by_point = half.transpose(2, 0, 1, 3, 4, 5)
        np.matmul(filters, points, out=by_point)  # (m, a) @ (a, 16 * c)
        by_point[..., 1:, 0, :] += points[..., :-1, -1, :]
        by_point[..., :-1, -1, :] += points[..., 1:, 0, :]
        lines = half.reshape(g, down, a, across * m * width)
        if self.overhangs:
            pixels = self._take("frame", (g, down, m, across * m * width))
        else:
            pixels = inside(dx)[blocks, rows].reshape(g, down, m, -1)
        np.matmul(filters, lines, out=pixels)
        pixels[:, 1:, 0] += lines[:, :-1, -1]
        pixels[:, :-1, -1] += lines[:, 1:, 0]
        if rows.start:
            pixels[:, 0, 0] += carry[:g]
        if self.overhangs:
            seen = pixels.reshape(g, down * m, across * m, BLOCK, -1)
            inside(dx)[blocks, rows] = seen[:, : rows.stop - rows.start, : self.width]
        if rows.start:
            above = image_lines(dx)[blocks, rows.start - 1]
            above += lines[:, 0, 0, : above.shape[-1]]
        if rows.stop == self.height:
            return slice(max(rows.start - 1, 0), rows.stop)
        carry[:g] = lines[:, -1, -1]
        return slice(max(rows.start - 1, 0), rows.stop - 1)


def convolve(
    x: Array,
    weight: Array,
    bias: Array | None,
    m: int,
    memory: Memory,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, ConvBackward]:
    """Convolves blocked ``x`` with ``weight`` ``(o, c, 3, 3)``, padding 1, and adds ``bias``."""
    o, c = weight.shape[:2]
    g, h, w, _, _ = x.shape
    tiling = Tiling(m, g, h - 2, w - 2, c, o, x.dtype, memory.scratch)
    points = transform_kernel(weight, m)
    y = memory.zero_padded(g, h - 2, w - 2, o)
    for strip in tiling.strips():
        seen = tiling.transform_input(x, strip, "seen")
        products = memory.scratch("products", seen.size // c * o).reshape(len(seen), -1, o)
        multiply(seen, points, products)  # (tiles * 16, c) @ (c, o), a point at a time
        if bias is not None:
            products[tiling.center] += bias
        tiling.transform_output(products, y, strip)
        epilogue.forward(y, *tiling.pixels(strip))
    biased = bias is not None

    def backward(dy: Array, needs_input_grad: bool) -> tuple[Array, Array, Array | None]:
        dx = memory.zero_padded(g, h - 2, w - 2, c) if needs_input_grad else None
        dbias = np.zeros(o, x.dtype) if biased else None
        dweight = _back(dy, x, points, tiling, dbias, dx, memory, epilogue)
        return dy if dx is None else dx, dweight, dbias

    return y, backward


def _back(
    dy: Array,
    x: Array,
    points: Array,
    tiling: Tiling,
    dbias: Array | None,
    dx: Array | None,
    memory: Memory,
    epilogue: Epilogue,
) -> Array:
    """Gradient of the weight from the one at the output; writes those of bias and input, if wanted."""
    g, c, across = len(x), points.shape[1], tiling.tiles[1] * tiling.m * BLOCK
    dpoints, part = np.zeros_like(points), np.empty_like(points)
    turned = np.ascontiguousarray(points.swapaxes(1, 2))
    carry = memory.empty((g, across * c))
    for strip in tiling.strips():
        if strip.tile_rows.start == 0:
            gradient = epilogue.output_grad(dy, strip.blocks)
        seen = tiling.transform_input(x, strip, "seen")
        up = tiling.transform_gradient(gradient, strip, "products")
        multiply(seen.swapaxes(1, 2), up, part)  # (c, tiles * 16) @ (tiles * 16, o)
        np.add(dpoints, part, out=dpoints)
        if dbias is not None:
            dbias += up[tiling.center].sum(0)
        if dx is not None:
            multiply(up, turned, seen)  # (tiles * 16, o) @ (o, c); seen has served
            done = tiling.transform_input_back(seen, dx, strip, carry)
            epilogue.backward(dx, strip.blocks, done)
    return transform_kernel_back(dpoints, tiling.m)
