"""Convolution as one matrix product an image row, for any kernel, stride and padding.

Row lowering (Cho & Brand 2017, arXiv:1706.06873, "MEC"): only the kernel's columns are copied out; its
rows are overlapping strided views of that copy. Here ``(c, ow, 16)`` stands innermost, so that the unfolded
matrix ``(k * k * c, ow * 16)`` of an output row is contiguous even for one or three channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from thumblab.core.rules import Memory
from thumblab.kernels.conv_shape import ConvBackward, ConvShape
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import BLOCK, along_line, inside, lines, pixel_sums, rows, strips
from thumblab.kernels.windows import Pads, with_border

Array = NDArray[Any]
Lend = Callable[[tuple[int, ...]], Array]


def unfold(x: Array, kernel: int, stride: int, counts: tuple[int, int], lend: Lend) -> Array:
    """Windows of padded ``x`` ``(g, h, w, 16, c)`` as ``(g, oh, k * k * c, ow * 16)``.

    The result overlaps itself: it is to be read, not written. ``lend`` gives the memory.
    """
    g, h, _, n, c = x.shape
    oh, ow = counts
    columns = lend((g, h, kernel, c, ow, n))
    for j in range(kernel):
        part = x[:, :, j : j + stride * (ow - 1) + 1 : stride]  # (g, h, ow, 16, c)
        columns[:, :, j] = part.transpose(0, 1, 4, 2, 3)
    group, row = columns.strides[:2]
    return as_strided(
        columns,
        (g, oh, kernel * kernel * c, ow * n),
        (group, stride * row, ow * n * x.itemsize, x.itemsize),
    )


def matrix(weight: Array) -> Array:
    """A kernel ``(o, c, k, k)`` as ``(k * k * c, o)``, in the order that ``unfold`` has."""
    return np.ascontiguousarray(weight.transpose(2, 3, 1, 0).reshape(-1, len(weight)))


def kernel_of(matrix: Array, shape: tuple[int, ...]) -> Array:
    """The inverse of ``matrix`` for a kernel of ``shape``; a view."""
    o, c, k, _ = shape
    return matrix.reshape(k, k, c, o).transpose(3, 2, 0, 1)


def convolve(
    x: Array,
    weight: Array,
    bias: Array | None,
    shape: ConvShape,
    memory: Memory,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, ConvBackward]:
    """Convolves blocked ``x`` with ``weight`` ``(o, c, k, k)``, and adds ``bias``."""
    o, c, k, _ = weight.shape
    g, h, w, _, _ = x.shape
    counts, stride, pad = (shape.height, shape.width), shape.stride, shape.pad
    y = memory.zero_padded(g, *counts, o)
    windows = unfold(with_border(x, pad), k, stride, counts, memory.empty)
    across, taps = windows.swapaxes(2, 3), matrix(weight)
    added = None if bias is None else along_line(bias, lines(y).shape[-1])
    for strip in strips(y):
        np.matmul(across[strip], taps, out=rows(y)[strip])  # (ow*16, k*k*c) @ (k*k*c, o)
        if added is not None:
            lines(y)[strip] += added
        epilogue.forward(y, *strip)

    def backward(dy: Array, needs_input_grad: bool) -> tuple[Array, Array, Array | None]:
        dy = epilogue.output_grad(dy, slice(0, g))
        up = rows(dy)
        dmatrix = np.matmul(windows, up).sum((0, 1))  # (k*k*c, ow*16) @ (ow*16, o)
        dweight = kernel_of(dmatrix, weight.shape)
        dbias = None if bias is None else pixel_sums(dy)
        if not needs_input_grad:
            return dy, dweight, dbias
        dx = memory.zero_padded(g, h - 2, w - 2, c)
        back = _fold if stride == 1 else _scatter
        for place in range(g):  # a group at a time, in cache
            back(up[place], weight, stride, pad, inside(dx)[place])
            epilogue.backward(dx, slice(place, place + 1), slice(0, h - 2))
        return dx, dweight, dbias

    return y, backward


def _fold(up: Array, weight: Array, stride: int, pad: Pads, target: Array) -> None:
    """The adjoint of ``unfold`` for one group, from ``up`` ``(oh, ow * 16, o)`` to ``(h, w, 16, c)``."""
    _, c, k, _ = weight.shape
    (h, w, n, _), oh, ow = target.shape, len(up), up.shape[1] // BLOCK
    (above, below), (left, right) = pad
    across = np.ascontiguousarray(up.swapaxes(1, 2))
    shares = np.matmul(matrix(weight), across).reshape(oh, k, k, c, ow, n)
    columns = np.zeros((h + above + below, k, c, ow, n), up.dtype)
    for i in range(k):
        columns[i : i + stride * (oh - 1) + 1 : stride] += shares[:, i]
    pixels = np.zeros((len(columns), c, w + left + right, n), up.dtype)
    for j in range(k):
        pixels[:, :, j : j + stride * (ow - 1) + 1 : stride] += columns[:, j]
    target[...] = pixels[above : above + h, :, left : left + w].transpose(0, 2, 3, 1)


def _scatter(up: Array, weight: Array, stride: int, pad: Pads, target: Array) -> None:
    """The same where few pixels overlap: a product a kernel position, added where it belongs."""
    _, c, k, _ = weight.shape
    (h, w, n, _), oh, ow = target.shape, len(up), up.shape[1] // BLOCK
    (above, below), (left, right) = pad
    padded = np.zeros((h + above + below, w + left + right, n, c), up.dtype)
    share = np.empty((oh, ow, n, c), up.dtype)
    for i, j in np.ndindex(k, k):
        np.matmul(up, np.ascontiguousarray(weight[:, :, i, j]), out=share.reshape(oh, ow * n, c))
        rows, columns = stride * (oh - 1) + 1, stride * (ow - 1) + 1
        padded[i : i + rows : stride, j : j + columns : stride] += share
    target[...] = padded[above : above + h, left : left + w]
