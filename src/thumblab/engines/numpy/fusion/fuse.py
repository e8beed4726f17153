"""Runs of layers rewritten into fused ones, before a network runs; the architecture stays as it is.

Only layers of just these types: what derives from one may compute something else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from thumblab.core.layer import Layer
from thumblab.engines.numpy.fusion.convolution import (
    Chain,
    FusedConv,
    FusedNorm,
    FusedPool,
    FusedSum,
)
from thumblab.engines.numpy.fusion.pooling import PooledConv
from thumblab.layers import AvgPool, BatchNorm, Conv, MaxPool, Parallel, ReLU, Sequential


def fuse(model: Layer, *, back: bool = True) -> Layer:
    """``model`` with every ``Sequential`` in it rewritten; ``back``: whether a backward pass follows."""
    if type(model) is Sequential:
        return Chain(tuple(_stages([fuse(layer, back=back) for layer in model.layers], back)))
    if type(model) is Parallel:
        return Parallel(*(fuse(layer, back=back) for layer in model.layers), merge=model.merge)
    return model


def _stages(layers: list[Layer], back: bool) -> list[tuple[str, Layer]]:
    stages: list[tuple[str, Layer]] = []
    place, input_relu_backward = 0, False
    while place < len(layers):
        stage, used = _stage(layers, place, input_relu_backward)
        behind = layers[place + used] if place + used < len(layers) else None
        if isinstance(stage, FusedConv) and not back and _in_strips(behind):
            stage, used = _pooled(stage, behind), used + 1
        stages.append((str(place), stage))
        place += used
        input_relu_backward = (
            isinstance(stage, FusedConv | FusedSum) and not stage.relu_backward_here
        )
    return stages


def _stage(layers: list[Layer], place: int, input_relu_backward: bool) -> tuple[Layer, int]:
    """The stage that begins at ``place``, and how many layers it takes."""
    layer = layers[place]
    following = [*layers[place + 1 : place + 4], None, None, None]
    if type(layer) is Conv:
        return _conv_stage(layer, following, place, input_relu_backward)
    if type(layer) is BatchNorm:
        relu = type(following[0]) is ReLU
        return FusedNorm(layer, relu), 1 + relu
    if type(layer) is MaxPool and input_relu_backward:
        return FusedPool(layer), 1
    if _is_residual(layer):
        relu = type(following[0]) is ReLU
        relu_backward_here = not (relu and _does_relu_backward(following[1]))
        return _residual(layer, relu, input_relu_backward, relu_backward_here), 1 + relu
    return layer, 1


def _conv_stage(
    conv: Conv, following: list[Layer | None], place: int, input_relu_backward: bool
) -> tuple[FusedConv, int]:
    relu = type(following[0]) is ReLU
    norm = following[relu]
    if type(norm) is BatchNorm:
        norm_relu = not relu and type(following[1]) is ReLU
        used = 2 + relu + norm_relu
        relu_backward_here = not (norm_relu and _does_relu_backward(following[2]))
        name = str(place + 1 + relu)
        return FusedConv(
            conv,
            relu,
            norm,
            name,
            norm_relu,
            input_relu_backward=input_relu_backward,
            relu_backward_here=relu_backward_here,
        ), used
    relu_backward_here = not (relu and _does_relu_backward(following[1]))
    return FusedConv(
        conv, relu, input_relu_backward=input_relu_backward, relu_backward_here=relu_backward_here
    ), 1 + relu


def _does_relu_backward(layer: Layer | None) -> bool:
    """Whether ``layer`` does the backward pass of the ReLU before it."""
    return type(layer) in (Conv, MaxPool) or _is_residual(layer)


def _is_residual(layer: Layer | None) -> TypeGuard[Parallel]:
    """Whether ``layer`` adds a shortcut to what ends in a convolution without a ReLU behind it."""
    if type(layer) is not Parallel or layer.merge != "add" or len(layer.layers) != 2:
        return False
    body = layer.layers[0]
    if not isinstance(body, Chain) or len(body.stages) < 2:
        return False
    (_, first), *_, (_, last) = body.stages
    if not isinstance(first, FusedConv) or not isinstance(last, FusedConv):
        return False
    return not (last.norm_relu if last.norm else last.relu)


def _residual(
    block: Parallel, relu: bool, input_relu_backward: bool, relu_backward_here: bool
) -> FusedSum:
    body, shortcut = block.layers
    assert isinstance(body, Chain)
    (begin, first), *between, (end, last) = body.stages
    assert isinstance(first, FusedConv)
    assert isinstance(last, FusedConv)
    first = replace(first, residual_begin=True, input_relu_backward=input_relu_backward)
    last = replace(last, residual_end=True, relu_backward_here=False)
    last = replace(last, norm_relu=relu) if last.norm else replace(last, relu=relu)
    stages = ((begin, first), *between, (end, last))
    return FusedSum(Chain(stages), shortcut, relu, relu_backward_here)


def _in_strips(layer: Layer | None) -> TypeGuard[MaxPool | AvgPool]:
    """Whether ``layer`` is pooled strip by strip: a maximum, or a mean of windows that stand side by side."""
    if type(layer) is AvgPool:
        return layer.step == layer.kernel and layer.padding in ("valid", 0)
    return type(layer) is MaxPool


def _pooled(conv: FusedConv, pool: MaxPool | AvgPool) -> PooledConv:
    """``conv`` and ``pool``; a maximum is the same before and after the ReLU between them."""
    if isinstance(pool, AvgPool):
        return PooledConv(conv, pool, relu=False)
    if conv.norm is None:
        return PooledConv(replace(conv, relu=False), pool, conv.relu)
    return PooledConv(replace(conv, norm_relu=False), pool, conv.norm_relu)
