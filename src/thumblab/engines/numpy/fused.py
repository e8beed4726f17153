"""Fused layers: each computes what its parts compute one by one, in fewer passes over memory.

A ReLU and BatchNorm's sums are taken of a strip that a convolution has just written, the backward pass of a
ReLU is done on the strip that the next layer's backward pass has just written. Every part keeps its own
context, and so its weights their paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Protocol, cast

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward
from thumblab.kernels.around import Around, Strips, ignore
from thumblab.kernels.layout import along_line, clear_phantoms, inside, lines
from thumblab.kernels.normalise import add_sums
from thumblab.kernels.pooling import taps, window_max, window_sum
from thumblab.layers import AvgPool, BatchNorm, Conv, MaxPool, Parallel
from thumblab.layers.batch_norm import Write, normalise_groups, normalise_lazily, running_map
from thumblab.layers.conv import conv_groups
from thumblab.layers.max_pool import max_pool_groups
from thumblab.layers.parallel import add_branches


class Family(Protocol):
    """A context that can speak for a part of its layer."""

    def part(self, name: str) -> Context:
        """The context of the part called ``name``."""
        ...


@dataclass(frozen=True)
class Chain(Layer):
    """A ``Sequential`` whose layers have been fused; each stage has the name of its first layer."""

    stages: tuple[tuple[str, Layer], ...]


@dataclass(frozen=True)
class FusedConv(Layer):
    """Convolution, ReLU, BatchNorm and ReLU, the last three if present.

    Attributes:
        norm_name: Name of the BatchNorm beside this layer's own.
        masked: Whether the input comes from a ReLU whose backward pass is done here.
        masks: Whether the last ReLU's backward pass is done here, and not by the next stage.
    """

    conv: Conv
    relu: bool
    norm: BatchNorm | None
    norm_name: str
    norm_relu: bool
    masked: bool
    masks: bool


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


@dataclass(frozen=True)
class FusedNorm(Layer):
    """BatchNorm and the ReLU behind it; ``masked`` as in ``FusedConv``."""

    norm: BatchNorm
    relu: bool
    masked: bool


@dataclass(frozen=True)
class FusedSum(Layer):
    """Branches that are added, and the ReLU behind the sum, as in a residual block."""

    branches: Parallel


@dataclass(frozen=True)
class FusedPool(Layer):
    """A max-pool that does the backward pass of the ReLU before it."""

    pool: MaxPool


@forward.register
@fast_forward.register
def chain(layer: Chain, x: Array, ctx: Context) -> tuple[Array, Backward]:
    steps = []
    for name, stage in layer.stages:
        x, step = ctx.run(name, stage, x)
        steps.append(step)

    def backward(dy: Array) -> Array:
        while steps:
            dy = steps.pop()(dy)
        return dy

    return x, backward


@dataclass
class Passing:
    """What a fused convolution does with strips in passing.

    Attributes:
        sums: Sums of the output and of its squares ``(2, c)``, for the BatchNorm behind.
        write: Writes the gradient at the output for some groups, once BatchNorm knows how.
        then: What the layer behind does with a strip that is finished.
        times_plus: BatchNorm as it is outside training, where nobody goes back.
    """

    layer: FusedConv
    x: Array
    ctx: Context
    sums: Array
    then: Strips
    write: Write | None = None
    times_plus: tuple[Array, Array] | None = None

    def after(self, y: Array, groups: slice, rows: slice) -> None:
        self._change(y, groups, rows)
        self.then(y, groups, rows)

    def _change(self, y: Array, groups: slice, rows: slice) -> None:
        strip = lines(y)[groups, rows]
        if self.times_plus is not None:
            self._normalise(strip, *self.times_plus)
            return
        if self.layer.relu:
            np.maximum(strip, np.zeros(strip.shape[-1], y.dtype), out=strip)  # faster than a scalar
        if self.layer.norm is not None and self.ctx.training:
            if groups.stop >= len(y):
                clear_phantoms(y[:, rows.start + 1 : rows.stop + 1], self.ctx.samples)
            add_sums(self.sums, strip, strip, self.ctx.scratch)

    def _normalise(self, strip: Array, times: Array, plus: Array) -> None:
        """All that follows the convolution, where nobody goes back."""
        zeros = np.zeros(strip.shape[-1], strip.dtype)
        if self.layer.relu:
            np.maximum(strip, zeros, out=strip)
        np.multiply(strip, along_line(times, strip.shape[-1]), out=strip)
        np.add(strip, along_line(plus, strip.shape[-1]), out=strip)
        if self.layer.norm_relu:
            np.maximum(strip, zeros, out=strip)

    def upstream(self, dy: Array, groups: slice) -> Array:
        if self.write is None:
            return dy[groups]
        g, h, w, _, c = dy[groups].shape
        dz = self.ctx.bordered(g, h - 2, w - 2, c)
        self.write(groups, dz)
        if groups.stop >= len(dy):
            clear_phantoms(dz, self.ctx.samples)
        return dz

    def after_back(self, dx: Array, groups: slice, rows: slice) -> None:
        if self.layer.masked:
            strip = lines(dx)[groups, rows]
            np.multiply(strip, lines(self.x)[groups, rows] > 0, out=strip)


@fast_forward.register
def fused_conv(
    layer: FusedConv, x: Array, ctx: Context, then: Strips = ignore
) -> tuple[Array, Backward]:
    passing = Passing(layer, x, ctx, np.zeros((2, layer.conv.channels)), then)
    around = Around(passing.after, passing.upstream, passing.after_back)
    if layer.norm is not None and not ctx.records:
        passing.times_plus = running_map(layer.norm, cast(Family, ctx).part(layer.norm_name))
        return conv_groups(layer.conv, x, ctx, around)
    z, conv_back = conv_groups(layer.conv, x, ctx, around)
    if layer.norm is None:
        if not (layer.relu and layer.masks):
            return z, conv_back
        return z, lambda dy: conv_back(np.multiply(dy, z > 0, out=ctx.empty(dy.shape)))
    clear_phantoms(z, ctx.samples)
    inner = cast(Family, ctx).part(layer.norm_name)
    y, plan = normalise_lazily(
        layer.norm,
        z,
        inner,
        passing.sums,
        rectify=layer.norm_relu,
        masks=layer.masks,
        masked=layer.relu,
    )

    def backward(dy: Array) -> Array:
        passing.write = plan(dy)
        return conv_back(dy)

    return y, backward


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


@fast_forward.register
def fused_norm(layer: FusedNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return normalise_groups(layer.norm, x, ctx, rectify=layer.relu, masked=layer.masked)


@forward.register
def fused_norm_of_features(layer: FusedNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y, back = forward(layer.norm, x, ctx)
    if not layer.relu:
        return y, back
    y = np.maximum(y, 0)
    return y, lambda dy: back(dy * (y > 0))


@fast_forward.register
def fused_pool(layer: FusedPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return max_pool_groups(layer.pool, x, ctx, masked=True)


@forward.register
@fast_forward.register
def fused_sum(layer: FusedSum, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y, back = add_branches(layer.branches, x, ctx, rectify=True)

    def backward(dy: Array) -> Array:
        return back(np.multiply(dy, y > 0, out=ctx.empty(dy.shape)))

    return y, backward
