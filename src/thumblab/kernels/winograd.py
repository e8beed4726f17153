"""3x3 convolution of stride 1 with fewer multiplications: Winograd's minimal filtering, F(m x m, 3 x 3).

An output tile of ``m x m`` pixels needs ``(m + 2)^2`` products instead of ``9 m^2``: 4 times fewer for
``m = 4``, 2.25 times for ``m = 2``. Tiles ``d`` of ``(m + 2) x (m + 2)`` pixels and kernels ``g`` are
transformed, multiplied point by point, which over channels is one small matrix product a point, and
transformed back:

    y = A' [ (G g G') * (B' d B) ] A

All three transforms are themselves small matrix products on overlapping strided views, and the work goes
strip by strip, so that a strip stays in the cache. Rounding errors grow with ``m``: in float32 about 1e-5
of the largest output for ``m = 4``, 1e-6 for ``m = 2``.

Source: Lavin & Gray 2015, arXiv:1509.09308; the points are 0, 1, -1, 2, -2 and infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from thumblab.core.rules import Backward, Context
from thumblab.kernels.layout import GROUP, inside

Array = NDArray[Any]
STRIP = 512 * 1024
"""Transformed values of a strip; chosen by measurement."""

INPUT = {  # B'
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    4: [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
}
KERNEL = {  # G
    2: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    4: [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
}
OUTPUT = {  # A'
    2: [[1, 1, 1, 0], [0, 1, -1, -1]],
    4: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
}


After = Callable[[Array, slice, slice], None]
"""``(array, groups, image rows)``: what is done to a strip once it is written."""


def ignore(array: Array, groups: slice, rows: slice) -> None:
    """Does nothing to a strip."""


@dataclass(frozen=True)
class Strip:
    """Some rows of tiles of some groups."""

    groups: slice
    tile_rows: slice


@dataclass(frozen=True, eq=False)
class Tiling:
    """How the pixels of one shape are cut into tiles, and the scratch memory of a strip.

    Where the tiles hang over the image's edge, a strip is copied into a frame first, filled up with zeros.
    """

    m: int
    groups: int
    height: int
    width: int
    channels: int
    dtype: np.dtype[Any]
    scratch: Callable[[str, int], Array]

    @property
    def side(self) -> int:
        """Pixels a tile reads along an axis."""
        return self.m + 2

    @property
    def tiles(self) -> tuple[int, int]:
        """Tiles of an image, down and across."""
        return -(-self.height // self.m), -(-self.width // self.m)

    @property
    def overhangs(self) -> bool:
        """Whether the last tiles reach over the edge."""
        return bool(self.height % self.m or self.width % self.m)

    def strips(self) -> Iterator[Strip]:
        """All strips; each has at most ``STRIP`` transformed values, or one row of tiles."""
        down, across = self.tiles
        fit = max(1, STRIP // (across * GROUP * self.channels * self.side**2))
        rows = min(down, fit)
        groups = max(1, min(self.groups, fit // down))
        for g in range(0, self.groups, groups):
            for t in range(0, down, rows):
                yield Strip(slice(g, min(g + groups, self.groups)), slice(t, min(t + rows, down)))

    def _take(self, name: str, shape: tuple[int, ...]) -> Array:
        return self.scratch(name, prod(shape)).reshape(shape)

    def pixels(self, strip: Strip) -> tuple[slice, slice]:
        """Groups and image rows of a strip."""
        t = strip.tile_rows
        return strip.groups, slice(t.start * self.m, min(t.stop * self.m, self.height))

    def read(self, x: Array, strip: Strip, border: int) -> Array:
        """The strip's pixels of ``x`` with ``border`` more on all sides: ``(g, rows, columns, 16, c)``."""
        groups, rows = self.pixels(strip)
        part = x[groups, rows.start + 1 - border : rows.stop + 1 + border]
        part = part[:, :, 1 - border : self.width + 1 + border]
        if not self.overhangs:
            return part
        columns = self.tiles[1] * self.m + 2 * border
        count = strip.tile_rows.stop - strip.tile_rows.start
        shape = (len(part), count * self.m + 2 * border, columns, GROUP, x.shape[-1])
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
        matrix = _matrix("input", m, self.dtype)
        group, row, _, _, item = part.strides
        half = self._take("half", (g, down, a, width * n * c))
        windows = as_strided(part, half.shape, (group, m * row, row, item))
        np.matmul(matrix, windows, out=half)  # (a, a) @ (a, width * 16 * c)
        tile = n * c * item
        step = half.strides
        columns = as_strided(
            half,
            (a, g, down, across, a, n * c),
            (step[2], step[0], step[1], m * tile, tile, item),
        )
        whole = self._take(name, (a, a, g, down, across, n * c))
        np.matmul(matrix, columns, out=whole.transpose(0, 2, 3, 4, 1, 5))
        return whole.reshape(a * a, g * down * across * n, c)

    def transform_output(self, products: Array, y: Array, strip: Strip) -> None:
        """Writes ``A' p A`` of the point products ``(side * side, tiles * 16, c)`` into ``y``."""
        m, a = self.m, self.side
        groups, rows = self.pixels(strip)
        down = strip.tile_rows.stop - strip.tile_rows.start
        g, across = groups.stop - groups.start, self.tiles[1]
        width = GROUP * products.shape[-1]
        matrix = _matrix("output", m, self.dtype)
        points = products.reshape(a, a, g, down, across, width).transpose(0, 2, 3, 4, 1, 5)
        half = self._take("half", (g, down, a, across, m, width))
        np.matmul(matrix, points, out=half.transpose(2, 0, 1, 3, 4, 5))  # (m, a) @ (a, 16 * c)
        lines = half.reshape(g, down, a, across * m * width)
        if not self.overhangs:
            group, row, _, _, item = y.strides
            start = y[groups, rows.start + 1 :, 1:]
            shape = (g, down, m, across * m * width)
            np.matmul(matrix, lines, out=as_strided(start, shape, (group, m * row, row, item)))
            return
        frame = self._take("frame", (g, down, m, across * m * width))
        np.matmul(matrix, lines, out=frame)
        pixels = frame.reshape(g, down * m, across * m, GROUP, -1)
        height = rows.stop - rows.start
        inside(y)[groups, rows] = pixels[:, :height, : self.width]

    def transform_gradient(self, dy: Array, strip: Strip, name: str) -> Array:
        """``A d A'`` of every output tile ``d``, the adjoint of the output transform."""
        m, a = self.m, self.side
        part = self.read(dy, strip, 0)
        g, height, columns, n, c = part.shape
        down, across, width = height // m, columns // m, n * c
        matrix = _matrix("gradient", m, self.dtype)
        group, row, _, _, item = part.strides
        half = self._take("half", (g, down, a, across * m * width))
        lines = as_strided(part, (g, down, m, across * m * width), (group, m * row, row, item))
        np.matmul(matrix, lines, out=half)  # (a, m) @ (m, columns * 16 * c)
        tiles = half.reshape(g, down, a, across, m, width).transpose(2, 0, 1, 3, 4, 5)
        whole = self._take(name, (a, a, g, down, across, width))
        np.matmul(matrix, tiles, out=whole.transpose(0, 2, 3, 4, 1, 5))
        return whole.reshape(a * a, g * down * across * n, c)


@cache
def _matrix(kind: str, m: int, dtype: np.dtype[Any]) -> Array:
    """The matrix of a transform; ``kernel`` and ``turned`` (by 180 degrees) act on both axes at once."""
    if kind == "input":
        return np.array(INPUT[m], dtype)
    if kind == "output":
        return np.array(OUTPUT[m], dtype)
    if kind == "gradient":
        return np.ascontiguousarray(np.array(OUTPUT[m], dtype).T)
    kernel = np.array(KERNEL[m])[:, :: -1 if kind == "turned" else 1]
    return np.kron(kernel, kernel).astype(dtype)


def transform_kernel(weight: Array, m: int) -> Array:
    """``G g G'`` of kernels ``(o, c, 3, 3)``: a ``(c, o)`` matrix a point, ``(side * side, c, o)``."""
    o, c, _, _ = weight.shape
    flat = weight.transpose(2, 3, 1, 0).reshape(9, c * o)
    return (_matrix("kernel", m, weight.dtype) @ flat).reshape(-1, c, o)


def transform_turned(weight: Array, m: int) -> Array:
    """The same of the kernels turned by 180 degrees: an ``(o, c)`` matrix a point."""
    o, c, _, _ = weight.shape
    flat = weight.transpose(2, 3, 0, 1).reshape(9, o * c)
    return (_matrix("turned", m, weight.dtype) @ flat).reshape(-1, o, c)


def transform_kernel_back(points: Array, m: int) -> Array:
    """The adjoint of ``transform_kernel``: ``(side * side, c, o)`` to ``(o, c, 3, 3)``."""
    _, c, o = points.shape
    flat = _matrix("kernel", m, points.dtype).T @ points.reshape(len(points), -1)
    return flat.reshape(3, 3, c, o).transpose(3, 2, 0, 1)


def convolve(
    x: Array, m: int, bias: bool, ctx: Context, after: After = ignore, after_back: After = ignore
) -> tuple[Array, Backward]:
    """Convolves grouped ``x`` with the context's 3x3 ``weight``, padding 1, and adds its ``bias``.

    ``after`` is called with every strip of the output, and ``after_back`` with every strip of the
    gradient at the input, while they are in the cache.
    """
    weight = ctx["weight"]
    o, c = weight.shape[:2]
    g, h, w, _, _ = x.shape
    tiling = Tiling(m, g, h - 2, w - 2, max(c, o), x.dtype, ctx.scratch)
    centre = tiling.side + 1  # point (1, 1): its row and column of A' are ones
    points = transform_kernel(weight, m)
    y = ctx.bordered(g, h - 2, w - 2, o)
    for strip in tiling.strips():
        seen = tiling.transform_input(x, strip, "seen")
        products = ctx.scratch("products", seen.size // c * o).reshape(len(seen), -1, o)
        np.matmul(seen, points, out=products)  # (tiles * 16, c) @ (c, o), a point at a time
        if bias:
            products[centre] += ctx["bias"]
        tiling.transform_output(products, y, strip)
        after(y, *tiling.pixels(strip))

    def backward(dy: Array) -> Array:
        dpoints = np.zeros_like(points)
        part = np.empty_like(dpoints)
        dbias = np.zeros(o, x.dtype)
        wanted = ctx.input_gradient
        dx = ctx.bordered(g, h - 2, w - 2, c) if wanted else dy
        turned = transform_turned(weight, m)
        for strip in tiling.strips():
            seen = tiling.transform_input(x, strip, "seen")
            up = tiling.transform_gradient(dy, strip, "products")
            np.matmul(seen.swapaxes(1, 2), up, out=part)  # (c, tiles * 16) @ (tiles * 16, o)
            np.add(dpoints, part, out=dpoints)
            if bias:
                dbias += up[centre].sum(0)
            if wanted:  # the convolution of dy with the turned kernel
                up = tiling.transform_input(dy, strip, "products")
                products = ctx.scratch("seen", up.size // o * c).reshape(len(up), -1, c)
                np.matmul(up, turned, out=products)
                tiling.transform_output(products, dx, strip)
                after_back(dx, *tiling.pixels(strip))
        ctx.grad("weight")[...] = transform_kernel_back(dpoints, m)
        if bias:
            ctx.grad("bias")[...] = dbias
        return dx

    return y, backward
