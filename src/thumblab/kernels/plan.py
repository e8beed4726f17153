"""Which kernel convolves a shape: a fixed function of shape and stride, never of a timing.

A choice by timing would break bit-identical resume and repeats.
"""

from __future__ import annotations

from thumblab.core.rules import Array, Backward, Context
from thumblab.kernels import lowering, pointwise, winograd
from thumblab.kernels.windows import Pads
from thumblab.kernels.winograd import After, ignore


def convolve(
    x: Array,
    stride: int,
    counts: tuple[int, int],
    pad: Pads,
    bias: bool,
    ctx: Context,
    after: After = ignore,
    after_back: After = ignore,
) -> tuple[Array, Backward]:
    """Convolves grouped ``x`` with the context's ``weight``, and adds its ``bias``.

    ``after`` is called with every strip of the output once it is written, ``after_back`` with every
    strip of the gradient at the input, if that is wanted.
    """
    _, c, kernel, _ = ctx["weight"].shape
    if kernel == 1 and pad == ((0, 0), (0, 0)):
        return _whole(pointwise.convolve(x, stride, counts, bias, ctx), ctx, after, after_back)
    if kernel == 3 and stride == 1 and pad == ((1, 1), (1, 1)) and c > 3:
        return winograd.convolve(
            x, tile(*counts, precise=ctx.precise), bias, ctx, after, after_back
        )
    return _whole(lowering.convolve(x, stride, counts, pad, bias, ctx), ctx, after, after_back)


def _whole(
    done: tuple[Array, Backward], ctx: Context, after: After, after_back: After
) -> tuple[Array, Backward]:
    """One strip for all, for kernels that do not go by strips."""
    y, back = done
    after(y, slice(0, len(y)), slice(0, y.shape[1] - 2))

    def backward(dy: Array) -> Array:
        dx = back(dy)
        if ctx.input_gradient:
            after_back(dx, slice(0, len(dx)), slice(0, dx.shape[1] - 2))
        return dx

    return y, backward


def tile(height: int, width: int, *, precise: bool) -> int:
    """The side ``m`` of Winograd's output tiles for maps of that size.

    ``precise`` takes the small tiles, whose rounding errors are those of a plain convolution.
    """
    return 2 if precise or max(height, width) <= 2 else 4
