"""Runs of layers rewritten into fused ones, before a network runs; the architecture stays as it is.

A fused layer computes what its parts compute one by one, in fewer passes over memory: a ReLU and
BatchNorm's sums on a strip that a convolution has just written, the backward pass of a ReLU on the strip
that the next layer's backward pass has just written. Weights keep their paths, since every part keeps its
own context.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward
from thumblab.kernels.layout import clear_phantoms, lines
from thumblab.kernels.normalise import add_sums
from thumblab.kernels.winograd import ignore
from thumblab.layers import BatchNorm, Conv, MaxPool, Parallel, ReLU, Sequential
from thumblab.layers.batch_norm import normalise_groups
from thumblab.layers.conv import conv_groups
from thumblab.layers.max_pool import max_pool_groups


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
        masks: Whether the first ReLU's backward pass is done here, and not by the next stage.
    """

    conv: Conv
    relu: bool
    norm: BatchNorm | None
    norm_name: str
    norm_relu: bool
    masked: bool
    masks: bool


@dataclass(frozen=True)
class FusedNorm(Layer):
    """BatchNorm and the ReLU behind it; ``masked`` as in ``FusedConv``."""

    norm: BatchNorm
    relu: bool
    masked: bool


@dataclass(frozen=True)
class FusedPool(Layer):
    """A max-pool that does the backward pass of the ReLU before it."""

    pool: MaxPool


def fuse(model: Layer) -> Layer:
    """``model`` with every ``Sequential`` in it rewritten."""
    if isinstance(model, Sequential):
        return Chain(tuple(_stages([fuse(layer) for layer in model.layers])))
    if isinstance(model, Parallel):
        return Parallel(*map(fuse, model.layers), merge=model.merge)
    return model


def _stages(layers: list[Layer]) -> list[tuple[str, Layer]]:
    stages: list[tuple[str, Layer]] = []
    place, masked = 0, False
    while place < len(layers):
        stage, used = _stage(layers, place, masked)
        stages.append((str(place), stage))
        place += used
        masked = isinstance(stage, FusedConv) and not stage.masks
    return stages


def _stage(layers: list[Layer], place: int, masked: bool) -> tuple[Layer, int]:
    """The stage that begins at ``place``, and how many layers it takes."""
    layer = layers[place]
    following = [*layers[place + 1 : place + 4], None, None, None]
    if isinstance(layer, Conv):
        return _conv_stage(layer, following, place, masked)
    if isinstance(layer, BatchNorm):
        relu = isinstance(following[0], ReLU)
        return FusedNorm(layer, relu, masked), 1 + relu
    if isinstance(layer, MaxPool) and masked:
        return FusedPool(layer), 1
    return layer, 1


def _conv_stage(
    conv: Conv, following: list[Layer | None], place: int, masked: bool
) -> tuple[Layer, int]:
    relu = isinstance(following[0], ReLU)
    norm = following[relu]
    if isinstance(norm, BatchNorm):
        norm_relu = not relu and isinstance(following[1], ReLU)
        name = str(place + 1 + relu)
        used = 2 + relu + norm_relu
        return FusedConv(conv, relu, norm, name, norm_relu, masked, masks=True), used
    next_masks = relu and isinstance(following[1], Conv | MaxPool)
    return FusedConv(conv, relu, None, "", False, masked, masks=not next_masks), 1 + relu


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


@fast_forward.register
def fused_conv(layer: FusedConv, x: Array, ctx: Context) -> tuple[Array, Backward]:
    sums = np.zeros((2, layer.conv.channels))
    zeros = np.zeros(1, x.dtype)

    def after(y: Array, groups: slice, rows: slice) -> None:
        nonlocal zeros
        strip = lines(y)[groups, rows]
        if layer.relu:
            if zeros.size != strip.shape[-1]:
                zeros = np.zeros(strip.shape[-1], y.dtype)  # faster than a scalar
            np.maximum(strip, zeros, out=strip)
        if layer.norm is not None and ctx.training:
            if groups.stop >= len(y):
                clear_phantoms(y[:, rows.start + 1 : rows.stop + 1], ctx.samples)
            add_sums(sums, strip, strip)

    def after_back(dx: Array, groups: slice, rows: slice) -> None:
        strip = lines(dx)[groups, rows]
        np.multiply(strip, lines(x)[groups, rows] > 0, out=strip)

    z, conv_back = conv_groups(
        layer.conv,
        x,
        ctx,
        after if layer.relu or layer.norm else ignore,
        after_back if layer.masked else ignore,
    )
    if layer.norm is not None:
        return _then_norm(layer, z, conv_back, sums, ctx)
    if not (layer.relu and layer.masks):
        return z, conv_back

    def backward(dy: Array) -> Array:
        return conv_back(np.multiply(dy, z > 0, out=ctx.empty(dy.shape)))

    return z, backward


def _then_norm(
    layer: FusedConv, z: Array, conv_back: Backward, sums: Array, ctx: Context
) -> tuple[Array, Backward]:
    assert layer.norm is not None
    clear_phantoms(z, ctx.samples)
    inner = cast(Family, ctx).part(layer.norm_name)
    y, norm_back = normalise_groups(
        layer.norm, z, inner, sums, rectify=layer.norm_relu, masked=layer.relu
    )

    def backward(dy: Array) -> Array:
        dz = norm_back(dy)
        clear_phantoms(dz, ctx.samples)
        return conv_back(dz)

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
