"""A convolution and the pool behind it as one layer, in inference.

Windows are pooled with the strip in which they end, while it is in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, fast_forward
from thumblab.engines.numpy.fusion.convolution import FusedConv, fused_conv
from thumblab.kernels.layout import inside
from thumblab.kernels.pooling import Places, taps, window_max, window_sum
from thumblab.kernels.windows import window_shape
from thumblab.layers import AvgPool, MaxPool


@dataclass(frozen=True)
class PooledConv(Layer):
    """A fused convolution and the pool behind it, in inference.

    Attributes:
        pool: A maximum, or a mean whose windows stand side by side.
        relu: Whether a ReLU comes last; behind a maximum it finds fewer values than before it.
    """

    conv: FusedConv
    pool: MaxPool | AvgPool
    relu: bool


@dataclass
class Pooling:
    """Pools strips as they come, into ``y``.

    Attributes:
        above: Rows of padding.
        across: What windows read of a row of pixels.
    """

    layer: PooledConv
    ctx: Context
    y: Array
    above: int
    across: Places

    def forward(self, x: Array, blocks: slice, rows: slice) -> None:
        pool, height = self.layer.pool, x.shape[1] - 2
        done = slice(self._ended(rows.start, height), self._ended(rows.stop, height))
        count = done.stop - done.start
        if not count:
            return
        k, top = pool.kernel, done.start * pool.step - self.above
        first, last = max(top, 0), min(top + (count - 1) * pool.step + k, height)
        source, target = inside(x)[blocks, first:last], inside(self.y)[blocks, done]
        shape = (len(target), count, *source.shape[2:])
        columns = self.ctx.memory.scratch("columns", prod(shape)).reshape(shape)
        down = taps(last - first, k, pool.step, first - top, count)
        if isinstance(pool, AvgPool):
            window_sum(source, 1, down, columns)
            window_sum(columns, 2, self.across, target)
            target *= 1 / k**2
        else:
            window_max(source, 1, down, columns, needs_grad=False)
            window_max(columns, 2, self.across, target, needs_grad=False)
        if self.layer.relu:
            np.maximum(target, 0, out=target)

    def _ended(self, row: int, height: int) -> int:
        """How many windows end above ``row``, of those down an image."""
        if row == height:
            return len(self.y[0]) - 2
        return max(0, (row + self.above - self.layer.pool.kernel) // self.layer.pool.step + 1)


@fast_forward.register
def pooled_conv(layer: PooledConv, x: Array, ctx: Context) -> tuple[Array, Backward]:
    pool = layer.pool
    c, h, w = layer.conv.conv.out_shape((x.shape[-1], x.shape[1] - 2, x.shape[2] - 2))
    (oh, ow), ((above, _), (left, _)) = window_shape(
        pool, (c, h, w), pool.kernel, pool.step, pool.padding
    )
    y = ctx.memory.zero_padded(len(x), oh, ow, c)
    pooling = Pooling(layer, ctx, y, above, taps(w, pool.kernel, pool.step, left, ow))
    _, back = fused_conv(layer.conv, x, ctx, pooling.forward)
    return y, back
