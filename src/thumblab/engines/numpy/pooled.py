"""A convolution and the pool behind it as one layer, where nobody goes back.

Each strip is pooled while it is in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, fast_forward
from thumblab.engines.numpy.fused import FusedConv, fused_conv
from thumblab.kernels.layout import inside
from thumblab.kernels.pooling import taps, window_max, window_sum
from thumblab.layers import AvgPool, MaxPool


@dataclass(frozen=True)
class PooledConv(Layer):
    """A fused convolution and the pool behind it, where nobody goes back.

    Attributes:
        pool: One whose windows stand side by side.
        relu: Whether a ReLU comes last; behind a maximum it finds fewer values than before it.
    """

    conv: FusedConv
    pool: MaxPool | AvgPool
    relu: bool


@dataclass
class Pooling:
    """Pools strips as they come, into ``y``."""

    layer: PooledConv
    ctx: Context
    y: Array | None = None

    def after(self, x: Array, groups: slice, rows: slice) -> None:
        k = self.layer.pool.kernel
        g, h, w, n, c = x.shape
        oh, ow = (h - 2) // k, (w - 2) // k
        if self.y is None:
            self.y = self.ctx.bordered(g, oh, ow, c)
        done = slice(rows.start // k, rows.stop // k)  # windows whose last row is in this strip
        count = done.stop - done.start
        if not count:
            return
        source = inside(x)[groups, done.start * k : done.stop * k, : ow * k]
        target = inside(self.y)[groups, done]
        shape = (len(target), count, ow * k, n, c)
        columns = self.ctx.scratch("columns", prod(shape)).reshape(shape)
        down, across = taps(count * k, k, k, 0, count), taps(ow * k, k, k, 0, ow)
        if isinstance(self.layer.pool, AvgPool):
            window_sum(source, 1, down, columns)
            window_sum(columns, 2, across, target)
            target *= 1 / k**2
        else:
            window_max(source, 1, down, columns, records=False)
            window_max(columns, 2, across, target, records=False)
        if self.layer.relu:
            np.maximum(target, 0, out=target)


@fast_forward.register
def pooled_conv(layer: PooledConv, x: Array, ctx: Context) -> tuple[Array, Backward]:
    pooling = Pooling(layer, ctx)
    _, back = fused_conv(layer.conv, x, ctx, pooling.after)
    assert pooling.y is not None
    return pooling.y, back
