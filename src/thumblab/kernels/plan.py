"""Which kernel convolves a shape: a fixed function of shape and stride, never of a timing.

A choice by timing would break bit-identical resume and repeats.
"""

from __future__ import annotations

from thumblab.core.rules import Array, Backward, Context
from thumblab.kernels import lowering, pointwise, winograd
from thumblab.kernels.around import Around
from thumblab.kernels.windows import Pads


def convolve(
    x: Array,
    stride: int,
    counts: tuple[int, int],
    pad: Pads,
    bias: bool,
    ctx: Context,
    around: Around = Around(),  # noqa: B008  it is frozen
) -> tuple[Array, Backward]:
    """Convolves grouped ``x`` with the context's ``weight``, and adds its ``bias``."""
    _, c, kernel, _ = ctx["weight"].shape
    if kernel == 3 and stride == 1 and pad == ((1, 1), (1, 1)) and c > 3:
        return winograd.convolve(x, tile(*counts, precise=ctx.precise), bias, ctx, around)
    if kernel == 1 and pad == ((0, 0), (0, 0)):
        return _whole(pointwise.convolve(x, stride, counts, bias, ctx), ctx, around)
    return _whole(lowering.convolve(x, stride, counts, pad, bias, ctx), ctx, around)


def _whole(done: tuple[Array, Backward], ctx: Context, around: Around) -> tuple[Array, Backward]:
    """One strip for all, for kernels that do not go by strips."""
    y, back = done
    around.after(y, slice(0, len(y)), slice(0, y.shape[1] - 2))

    def backward(dy: Array) -> Array:
        dx = back(around.upstream(dy, slice(0, len(dy))))
        if ctx.input_gradient:
            around.after_back(dx, slice(0, len(dx)), slice(0, dx.shape[1] - 2))
        return dx

    return y, backward


def tile(height: int, width: int, *, precise: bool) -> int:
    """The side ``m`` of Winograd's output tiles for maps of that size.

    It is the one with the fewest products, which large tiles waste where they hang over the edge;
    ``precise`` takes the smallest, whose rounding errors are those of a plain convolution.
    """

    def products(m: int) -> int:
        return -(-height // m) * -(-width // m) * (m + 2) ** 2

    return 2 if precise else min((4, 3, 2), key=products)
