"""Fused layers: each computes what its parts compute one by one, in fewer passes over memory.

A ReLU and BatchNorm's sums are taken of a strip that a convolution has just written, the backward pass of a
ReLU is done on the strip that the next layer's backward pass has just written. In inference, a
BatchNorm becomes part of the convolution before it. Every part keeps its own context, and so its weights
their paths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import (
    Array,
    Backward,
    Context,
    fast_forward,
    forward,
    no_backward,
)
from thumblab.kernels.epilogue import Epilogue, Strips, ignore
from thumblab.kernels.layout import along_line, clear_padding_samples, lines
from thumblab.kernels.normalize import add_sums
from thumblab.layers import BatchNorm, Conv, MaxPool
from thumblab.layers.batch_norm import Write, normalize_blocks, normalize_lazily, running_map
from thumblab.layers.conv import conv_blocks, convolve_blocks
from thumblab.layers.max_pool import max_pool_blocks


class SiblingContext(Protocol):
    """A context that can speak for other layers than its own."""

    def sibling(self, name: str) -> Context:
        """The context of the layer called ``name`` beside this one."""
        ...

    def send(self, name: str, value: Array) -> None:
        """Lays ``value`` out for sublayer ``name``."""
        ...

    def receive(self) -> Array:
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
        residual_begin: Whether it is a residual block's first: the shortcut's gradient is added to its own.
        residual_end: Whether it is a residual block's last: what the shortcut has written is added before the
            last ReLU.
        input_relu_backward: Whether the input comes from a ReLU whose backward pass is done here.
        relu_backward_here: Whether the last ReLU's backward pass is done here, and not by the next stage.
    """

    conv: Conv
    relu: bool = False
    norm: BatchNorm | None = None
    norm_name: str = ""
    norm_relu: bool = False
    residual_begin: bool = False
    residual_end: bool = False
    input_relu_backward: bool = False
    relu_backward_here: bool = True


@dataclass(frozen=True)
class FusedNorm(Layer):
    """BatchNorm and the ReLU behind it."""

    norm: BatchNorm
    relu: bool


@dataclass(frozen=True)
class FusedSum(Layer):
    """A residual block, and the ReLU behind it if present; the body's last convolution adds the shortcut.

    Attributes:
        body: Its first stage is a fused convolution that residual_begin, its last one that residual_end.
        relu: Whether the last one has a ReLU behind the sum.
        relu_backward_here: Whether that ReLU's backward pass is done here, and not by the next stage.
    """

    body: Chain
    shortcut: Layer
    relu: bool
    relu_backward_here: bool


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
class FusedEpilogue:
    """What a fused convolution does with strips in fused.

    Attributes:
        sums: Sums of the output and of its squares ``(2, c)``, for the BatchNorm behind.
        write: Writes the gradient at the output for some blocks, once BatchNorm knows how.
        then: What the layer behind does with a strip that is finished, in inference.
        shortcut: What is added to the output, if that is not BatchNorm's to do.
        shortcut_gradient: What is added to the gradient at the input.
        times_plus: BatchNorm behind a ReLU as it is outside training, in inference.
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

    def forward(self, y: Array, blocks: slice, rows: slice) -> None:
        self._change(y, blocks, rows)
        self.then(y, blocks, rows)

    def _change(self, y: Array, blocks: slice, rows: slice) -> None:
        strip, relu = lines(y)[blocks, rows], self.layer.relu
        if self.times_plus is not None:
            self._normalize(strip, *self.times_plus)
            relu = self.layer.norm_relu
        if self.shortcut is not None:
            np.add(strip, lines(self.shortcut)[blocks, rows], out=strip)
        if relu:
            np.maximum(strip, np.zeros(strip.shape[-1], y.dtype), out=strip)  # faster than a scalar
        if self.layer.norm is not None and self.ctx.training:
            if blocks.stop >= len(y):
                clear_padding_samples(y[:, rows.start + 1 : rows.stop + 1], self.ctx.samples)
            add_sums(
                self.sums, strip, strip, self.ctx.memory.scratch, precise=self.ctx.kernels.precise
            )

    def _normalize(self, strip: Array, times: Array, plus: Array) -> None:
        """A ReLU and the BatchNorm behind it, in inference."""
        np.maximum(strip, np.zeros(strip.shape[-1], strip.dtype), out=strip)
        np.multiply(strip, along_line(times, strip.shape[-1]), out=strip)
        np.add(strip, along_line(plus, strip.shape[-1]), out=strip)

    def output_grad(self, dy: Array, blocks: slice) -> Array:
        if self.write is None:
            return dy[blocks]
        g, h, w, _, c = dy[blocks].shape
        dz = self.ctx.memory.zero_padded(g, h - 2, w - 2, c)
        self.write(blocks, dz)
        if blocks.stop >= len(dy):
            clear_padding_samples(dz, self.ctx.samples)
        return dz

    def backward(self, dx: Array, blocks: slice, rows: slice) -> None:
        strip = lines(dx)[blocks, rows]
        if self.shortcut_gradient is not None:
            np.add(strip, lines(self.shortcut_gradient)[blocks, rows], out=strip)
        if self.layer.input_relu_backward:
            np.multiply(strip, lines(self.x)[blocks, rows] > 0, out=strip)


@fast_forward.register
def fused_conv(
    layer: FusedConv, x: Array, ctx: Context, then: Strips = ignore
) -> tuple[Array, Backward]:
    if layer.norm is not None and not ctx.needs_grad and not layer.relu:
        return _folded(layer, layer.norm, x, ctx, then), no_backward
    siblings = cast(SiblingContext, ctx)
    shortcut = siblings.receive() if layer.residual_end else None
    fused = FusedEpilogue(layer, x, ctx, np.zeros((2, layer.conv.channels)), then)
    if layer.norm is None or not ctx.needs_grad:
        fused.shortcut = shortcut
    if layer.norm is not None and not ctx.needs_grad:
        fused.times_plus = running_map(layer.norm, siblings.sibling(layer.norm_name))
    epilogue = Epilogue(fused.forward, fused.output_grad, fused.backward)
    y, conv_back = conv_blocks(layer.conv, x, ctx, epilogue)
    fused.shortcut, plan = None, None
    if layer.norm is not None and ctx.needs_grad:
        clear_padding_samples(y, ctx.samples)
        y, plan = normalize_lazily(
            layer.norm,
            y,
            siblings.sibling(layer.norm_name),
            fused.sums,
            shortcut,
            rectify=layer.norm_relu,
            relu_backward_here=layer.relu_backward_here,
            input_relu_backward=layer.relu,
        )

    behind = (
        y if plan is None and layer.relu and layer.relu_backward_here else None
    )  # no more is kept alive

    def backward(dy: Array) -> Array:
        if layer.residual_begin and ctx.needs_input_grad:
            fused.shortcut_gradient = siblings.receive()
        if plan is not None:
            fused.write = plan(dy)
        elif behind is not None:
            dy = np.multiply(dy, behind > 0, out=ctx.memory.empty(dy.shape))
        return conv_back(dy)

    return y, backward


def _folded(layer: FusedConv, norm: BatchNorm, x: Array, ctx: Context, then: Strips) -> Array:
    """The output in inference, with BatchNorm folded into the convolution's weight and bias."""
    siblings = cast(SiblingContext, ctx)
    times, plus = running_map(norm, siblings.sibling(layer.norm_name))
    weight = ctx.params["weight"] * times[:, None, None, None]
    bias = ctx.params["bias"] * times + plus if layer.conv.bias else plus
    alone = replace(layer, relu=layer.norm_relu, norm=None)
    fused = FusedEpilogue(alone, x, ctx, np.zeros((2, layer.conv.channels)), then)
    fused.shortcut = siblings.receive() if layer.residual_end else None
    epilogue = Epilogue(fused.forward)
    return convolve_blocks(layer.conv, x, weight, bias, ctx, epilogue)[0]


@fast_forward.register
def fused_norm(layer: FusedNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return normalize_blocks(layer.norm, x, ctx, rectify=layer.relu)


@forward.register
def fused_norm_of_features(layer: FusedNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y, back = forward(layer.norm, x, ctx)
    if not layer.relu:
        return y, back
    y = np.maximum(y, 0)
    return y, lambda dy: back(dy * (y > 0))


@fast_forward.register
def fused_pool(layer: FusedPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return max_pool_blocks(layer.pool, x, ctx, input_relu_backward=True)


@fast_forward.register
def fused_sum(layer: FusedSum, x: Array, ctx: Context) -> tuple[Array, Backward]:
    siblings, stages = cast(SiblingContext, ctx), layer.body.stages
    beside, beside_back = ctx.run("1", layer.shortcut, x)
    siblings.send(f"0.{stages[-1][0]}", beside)
    y, body_back = ctx.run("0", layer.body, x)
    behind = y if layer.relu and layer.relu_backward_here else None

    def backward(dy: Array) -> Array:
        if behind is not None:
            dy = np.multiply(dy, behind > 0, out=ctx.memory.empty(dy.shape))
        gradient = beside_back(dy)
        if ctx.needs_input_grad:
            siblings.send(f"0.{stages[0][0]}", gradient)
        return body_back(dy)

    return y, backward
