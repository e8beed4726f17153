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

from thumblab.core.rules import Backward, Context
from thumblab.kernels.layout import inside, rows
from thumblab.kernels.windows import Pads, tap, with_border

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
    x: Array, stride: int, counts: tuple[int, int], pad: Pads, bias: bool, ctx: Context
) -> tuple[Array, Backward]:
    """Convolves grouped ``x`` with the context's ``weight``, and adds its ``bias``."""
    weight = ctx["weight"]
    o, c, k, _ = weight.shape
    g, h, w, n, _ = x.shape
    y = ctx.bordered(g, *counts, o)
    windows = unfold(with_border(x, pad), k, stride, counts, ctx.empty)
    np.matmul(windows.swapaxes(2, 3), matrix(weight), out=rows(y))  # (ow*16, k*k*c) @ (k*k*c, o)
    if bias:
        inside(y)[...] += ctx["bias"]

    def backward(dy: Array) -> Array:
        up = rows(dy)
        dmatrix = np.matmul(windows, up).sum((0, 1))  # (k*k*c, ow*16) @ (ow*16, o)
        ctx.grad("weight")[...] = kernel_of(dmatrix, weight.shape)
        if bias:
            ones = np.ones(up.shape[2], dy.dtype)
            ctx.grad("bias")[...] = np.matmul(ones, up).sum((0, 1))
        if not ctx.input_gradient:
            return dy
        (above, below), (left, right) = pad
        padded = np.zeros((g, h - 2 + above + below, w - 2 + left + right, n, c), x.dtype)
        pixels = inside(dy)
        for i, j in np.ndindex(k, k):
            part = tap(padded, i, j, counts, stride)
            part += np.matmul(pixels, np.ascontiguousarray(weight[:, :, i, j]))
        dx = ctx.bordered(g, h - 2, w - 2, c)
        inside(dx)[...] = padded[:, above : above + h - 2, left : left + w - 2]
        return dx

    return y, backward
