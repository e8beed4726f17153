"""Fused layers: each computes what its parts compute one by one, in fewer passes over memory.

A ReLU and BatchNorm's sums are taken of a strip that a convolution has just written, the backward pass of a
ReLU is done on the strip that the next layer's backward pass has just written. Where nobody goes back, a
BatchNorm becomes part of the convolution before it. Every part keeps its own context, and so its weights
their paths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward
from thumblab.kernels.around import Around, Strips, ignore
from thumblab.kernels.layout import along_line, clear_phantoms, lines
from thumblab.kernels.normalise import add_sums
from thumblab.layers import BatchNorm, Conv, MaxPool, Parallel
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
    relu: bool = False
    norm: BatchNorm | None = None
    norm_name: str = ""
    norm_relu: bool = False
    masked: bool = False
    masks: bool = True


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
        then: What the layer behind does with a strip that is finished, where nobody goes back.
        times_plus: BatchNorm behind a ReLU as it is outside training, where nobody goes back.
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
        """A ReLU and the BatchNorm behind it, where nobody goes back."""
        np.maximum(strip, np.zeros(strip.shape[-1], strip.dtype), out=strip)
        np.multiply(strip, along_line(times, strip.shape[-1]), out=strip)
        np.add(strip, along_line(plus, strip.shape[-1]), out=strip)

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


@dataclass
class Folded:
    """The context of a convolution that is its own and the BatchNorm behind it, where nobody goes back."""

    lent: Context
    biased: bool
    times: Array
    plus: Array

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lent, name)

    def __getitem__(self, name: str) -> Array:
        if name == "weight":
            weight: Array = self.lent["weight"] * self.times[:, None, None, None]
            return weight
        return self.lent["bias"] * self.times + self.plus if self.biased else self.plus


@fast_forward.register
def fused_conv(
    layer: FusedConv, x: Array, ctx: Context, then: Strips = ignore
) -> tuple[Array, Backward]:
    passing = Passing(layer, x, ctx, np.zeros((2, layer.conv.channels)), then)
    around = Around(passing.after, passing.upstream, passing.after_back)
    if layer.norm is not None and not ctx.records:
        times, plus = running_map(layer.norm, cast(Family, ctx).part(layer.norm_name))
        if not layer.relu:
            folded = cast(Context, Folded(ctx, layer.conv.bias, times, plus))
            alone = FusedConv(replace(layer.conv, bias=True), relu=layer.norm_relu)
            return fused_conv(alone, x, folded, then)
        passing.times_plus = times, plus
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
