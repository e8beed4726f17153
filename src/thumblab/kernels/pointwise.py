"""1x1 convolution: one matrix product a row of pixels, with no copy at stride 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.rules import Memory
from thumblab.kernels.conv_shape import ConvBackward, ConvShape
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import along_line, inside, lines, pixel_sums, rows, strips

Array = NDArray[Any]


def convolve(
    x: Array,
    weight: Array,
    bias: Array | None,
    shape: ConvShape,
    memory: Memory,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, ConvBackward]:
    """Convolves blocked ``x`` with ``weight`` ``(o, c, 1, 1)`` and adds ``bias``; no padding."""
    matrix, stride = weight[:, :, 0, 0], shape.stride  # (o, c)
    g, h, w, n, c = x.shape
    seen = rows(x) if stride == 1 else _strided_rows(x, stride)
    y = memory.zero_padded(g, shape.height, shape.width, len(matrix))
    added = None if bias is None else along_line(bias, lines(y).shape[-1])
    for strip in strips(y):
        np.matmul(seen[strip], matrix.T, out=rows(y)[strip])  # (ow*16, c) @ (c, o)
        if added is not None:
            lines(y)[strip] += added
        epilogue.forward(y, *strip)

    def backward(dy: Array, needs_input_grad: bool) -> tuple[Array, Array, Array | None]:
        dy = epilogue.output_grad(dy, slice(0, g))
        up = rows(dy)
        dweight = np.matmul(up.swapaxes(2, 3), seen).sum((0, 1))[:, :, None, None]
        dbias = None if bias is None else pixel_sums(dy)
        if not needs_input_grad:
            return dy, dweight, dbias
        dx = memory.zero_padded(g, h - 2, w - 2, c)
        if stride == 1:
            np.matmul(up, matrix, out=rows(dx))  # (ow*16, o) @ (o, c)
        else:
            inside(dx)[...] = 0
            part = np.matmul(up, matrix).reshape(g, shape.height, shape.width, n, c)
            inside(dx)[:, ::stride, ::stride] = part
        epilogue.backward(dx, slice(0, g), slice(0, h - 2))
        return dx, dweight, dbias

    return y, backward


def _strided_rows(x: Array, stride: int) -> Array:
    part = np.ascontiguousarray(inside(x)[:, ::stride, ::stride])
    g, h, w, n, c = part.shape
    return part.reshape(g, h, w * n, c)
