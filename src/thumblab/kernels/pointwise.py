"""1x1 convolution: one matrix product a row of pixels, with no copy at stride 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.rules import Backward, Context
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import along_line, inside, lines, pixel_sums, rows, strips

Array = NDArray[Any]


def convolve(
    x: Array,
    stride: int,
    counts: tuple[int, int],
    bias: bool,
    ctx: Context,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, Backward]:
    """Convolves blocked ``x`` with the context's 1x1 ``weight`` and adds its ``bias``; no padding."""
    weight = ctx["weight"][:, :, 0, 0]  # (o, c)
    g, h, w, n, c = x.shape
    seen = rows(x) if stride == 1 else _strided_rows(x, stride)
    y = ctx.zero_padded(g, *counts, len(weight))
    added = along_line(ctx["bias"], lines(y).shape[-1]) if bias else None
    for strip in strips(y):
        np.matmul(seen[strip], weight.T, out=rows(y)[strip])  # (ow*16, c) @ (c, o)
        if added is not None:
            lines(y)[strip] += added
        epilogue.forward(y, *strip)

    def backward(dy: Array) -> Array:
        dy = epilogue.output_grad(dy, slice(0, g))
        up = rows(dy)
        ctx.grad("weight")[:, :, 0, 0] = np.matmul(up.swapaxes(2, 3), seen).sum((0, 1))
        if bias:
            ctx.grad("bias")[...] = pixel_sums(dy)
        if not ctx.needs_input_grad:
            return dy
        dx = ctx.zero_padded(g, h - 2, w - 2, c)
        if stride == 1:
            np.matmul(up, weight, out=rows(dx))  # (ow*16, o) @ (o, c)
        else:
            inside(dx)[...] = 0
            part = np.matmul(up, weight).reshape(g, *counts, n, c)
            inside(dx)[:, ::stride, ::stride] = part
        epilogue.backward(dx, slice(0, g), slice(0, h - 2))
        return dx

    return y, backward


def _strided_rows(x: Array, stride: int) -> Array:
    part = np.ascontiguousarray(inside(x)[:, ::stride, ::stride])
    g, h, w, n, c = part.shape
    return part.reshape(g, h, w * n, c)
