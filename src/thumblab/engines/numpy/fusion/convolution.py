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
from thumblab.kernels.normalize import add_sums
from thumblab.layers import BatchNorm, Conv, MaxPool
from thumblab.layers.batch_norm import Write, normalise_groups, normalise_lazily, running_map
from thumblab.layers.conv import conv_groups
from thumblab.layers.max_pool import max_pool_groups


class Family(Protocol):
    """A context that can speak for other layers than its own."""

    def part(self, name: str) -> Context:
        """The context of the layer called ``name`` beside this one."""
        ...

    def hand(self, name: str, value: Array) -> None:
        """Lays ``value`` out for sublayer ``name``."""
        ...

    def handed(self) -> Array:
        """What was laid out for this layer; only once."""
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
        opens: Whether it is a residual block's first: the shortcut's gradient is added to its own.
        closes: Whether it is a residual block's last: what the shortcut has written is added before the
            last ReLU.
        masked: Whether the input comes from a ReLU whose backward pass is done here.
        masks: Whether the last ReLU's backward pass is done here, and not by the next stage.
    """

    conv: Conv
    relu: bool = False
    norm: BatchNorm | None = None
    norm_name: str = ""
    norm_relu: bool = False
    opens: bool = False
    closes: bool = False
    masked: bool = False
    masks: bool = True


@dataclass(frozen=True)
class FusedNorm(Layer):
    """BatchNorm and the ReLU behind it."""

    norm: BatchNorm
    relu: bool


@dataclass(frozen=True)
class FusedSum(Layer):
    """A residual block, and the ReLU behind it if present; the body's last convolution adds the shortcut.

    Attributes:
        body: Its first stage is a fused convolution that opens, its last one that closes.
        relu: Whether the last one has a ReLU behind the sum.
        masks: Whether that ReLU's backward pass is done here, and not by the next stage.
    """

    body: Chain
    shortcut: Layer
    relu: bool
    masks: bool


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
        shortcut: What is added to the output, if that is not BatchNorm's to do.
        shortcut_gradient: What is added to the gradient at the input.
        times_plus: BatchNorm behind a ReLU as it is outside training, where nobody goes back.
    """

    layer: FusedConv
    x: Array
    ctx: Context
    sums: Array
    then: Strips
    write: Write | None = None
    shortcut: Array | None = None
    shortcut_gradient: Array | None = None
    times_plus: tuple[Array, Array] | None = None

    def after(self, y: Array, groups: slice, rows: slice) -> None:
        self._change(y, groups, rows)
        self.then(y, groups, rows)

    def _change(self, y: Array, groups: slice, rows: slice) -> None:
        strip, relu = lines(y)[groups, rows], self.layer.relu
        if self.times_plus is not None:
            self._normalise(strip, *self.times_plus)
            relu = self.layer.norm_relu
        if self.shortcut is not None:
            np.add(strip, lines(self.shortcut)[groups, rows], out=strip)
        if relu:
            np.maximum(strip, np.zeros(strip.shape[-1], y.dtype), out=strip)  # faster than a scalar
        if self.layer.norm is not None and self.ctx.training:
            if groups.stop >= len(y):
                clear_phantoms(y[:, rows.start + 1 : rows.stop + 1], self.ctx.samples)
            add_sums(self.sums, strip, strip, self.ctx.scratch, precise=self.ctx.precise)

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
        strip = lines(dx)[groups, rows]
        if self.shortcut_gradient is not None:
            np.add(strip, lines(self.shortcut_gradient)[groups, rows], out=strip)
        if self.layer.masked:
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
    if layer.norm is not None and not ctx.records and not layer.relu:
        return _folded(layer, layer.norm, x, ctx, then)
    family = cast(Family, ctx)
    shortcut = family.handed() if layer.closes else None
    passing = Passing(layer, x, ctx, np.zeros((2, layer.conv.channels)), then)
    if layer.norm is None or not ctx.records:
        passing.shortcut = shortcut
    if layer.norm is not None and not ctx.records:
        passing.times_plus = running_map(layer.norm, family.part(layer.norm_name))
    around = Around(passing.after, passing.upstream, passing.after_back)
    y, conv_back = conv_groups(layer.conv, x, ctx, around)
    passing.shortcut, plan = None, None
    if layer.norm is not None and ctx.records:
        clear_phantoms(y, ctx.samples)
        y, plan = normalise_lazily(
            layer.norm,
            y,
            family.part(layer.norm_name),
            passing.sums,
            shortcut,
            rectify=layer.norm_relu,
            masks=layer.masks,
            masked=layer.relu,
        )

    behind = y if plan is None and layer.relu and layer.masks else None  # no more is kept alive

    def backward(dy: Array) -> Array:
        if layer.opens and ctx.input_gradient:
            passing.shortcut_gradient = family.handed()
        if plan is not None:
            passing.write = plan(dy)
        elif behind is not None:
            dy = np.multiply(dy, behind > 0, out=ctx.empty(dy.shape))
        return conv_back(dy)

    return y, backward


def _folded(
    layer: FusedConv, norm: BatchNorm, x: Array, ctx: Context, then: Strips
) -> tuple[Array, Backward]:
    """The layer with BatchNorm folded into its kernel and bias."""
    times, plus = running_map(norm, cast(Family, ctx).part(layer.norm_name))
    folded = cast(Context, Folded(ctx, layer.conv.bias, times, plus))
    conv = replace(layer.conv, bias=True)
    return fused_conv(replace(layer, conv=conv, relu=layer.norm_relu, norm=None), x, folded, then)


@fast_forward.register
def fused_norm(layer: FusedNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return normalise_groups(layer.norm, x, ctx, rectify=layer.relu)


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


@fast_forward.register
def fused_sum(layer: FusedSum, x: Array, ctx: Context) -> tuple[Array, Backward]:
    family, stages = cast(Family, ctx), layer.body.stages
    beside, beside_back = ctx.run("1", layer.shortcut, x)
    family.hand(f"0.{stages[-1][0]}", beside)
    y, body_back = ctx.run("0", layer.body, x)
    behind = y if layer.relu and layer.masks else None

    def backward(dy: Array) -> Array:
        if behind is not None:
            dy = np.multiply(dy, behind > 0, out=ctx.empty(dy.shape))
        gradient = beside_back(dy)
        if ctx.input_gradient:
            family.hand(f"0.{stages[0][0]}", gradient)
        return body_back(dy)

    return y, backward
