"""Batch normalization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels import normalize
from thumblab.kernels.layout import clear_padding_samples
from thumblab.kernels.normalize import moments


@dataclass(frozen=True)
class BatchNorm(Layer):
    """``y = weight * (x - mean) / sqrt(variance + eps) + bias``, per channel or feature.

    In training the moments are the whole batch's (over all workers), and running averages of them are
    kept; otherwise the running averages are used. The variance that normalizes is the biased one,
    the running variance the unbiased one, as in PyTorch. A batch of one sample is normalized by its
    own moments and leaves the running averages alone.

    Attributes:
        momentum: Share of the newest batch in the running averages (Keras' momentum is 1 minus this).
        eps: Added to the variance, in its unit.

    Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
    """

    momentum: float = 0.1
    eps: float = 1e-5

    def out_shape(self, x: Shape) -> Shape:
        if len(x) not in (1, 3):
            raise ShapeError(f"BatchNorm reads (c, h, w) or (features,) but was given {x}")
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        channels = x[:1]
        return {
            "weight": Weight(channels, "ones"),
            "bias": Weight(channels),
            "running_mean": Weight(channels, trained=False),
            "running_var": Weight(channels, "ones", trained=False),
        }


FAR = 16.0
"""A squared mean that is this many variances takes too many digits from ``E[x^2] - E[x]^2``."""
Center = Callable[[Array], tuple[Array, Array]]
"""Maps a shift of each channel to ``x - shift`` and this worker's sums of it and of its squares."""


def _batch_moments(
    layer: BatchNorm, ctx: Context, count: int, x: Array, sums: Array, center: Center
) -> tuple[Array, Array, Array]:
    """``x``, its mean and ``1 / sqrt(variance + eps)`` in float64; updates the running averages.

    One pass over memory gives both sums, and is enough as long as the mean is near zero. Where a
    channel's is not, ``x - mean`` takes the place of ``x`` from here on, and the sums are those of it;
    all workers see the same totals and so decide alike.
    """
    mean, variance = _from_sums(ctx.comm.all_reduce(sums), count)
    shift = np.zeros(len(mean), x.dtype)
    if (mean**2 > FAR * (variance + layer.eps)).any():
        shift = mean.astype(x.dtype)
        x, sums = center(shift)
        mean, variance = _from_sums(ctx.comm.all_reduce(sums), count)
    if ctx.comm.batch > 1:  # one sample says nothing of how samples vary
        unbiased = variance * (count / (count - 1))
        old_mean, old_variance = ctx.params["running_mean"], ctx.params["running_var"]
        ctx.update("running_mean", old_mean + layer.momentum * (mean + shift - old_mean))
        ctx.update("running_var", old_variance + layer.momentum * (unbiased - old_variance))
    return x, mean, 1 / np.sqrt(variance + layer.eps)


def _from_sums(total: Array, count: int) -> tuple[Array, Array]:
    """Mean and biased variance from the sums of values and of their squares ``(2, c)``."""
    mean = total[0] / count
    return mean, np.maximum(total[1] / count - mean**2, 0)


def _running(layer: BatchNorm, ctx: Context) -> tuple[Array, Array]:
    variance = ctx.params["running_var"].astype(np.float64)
    return ctx.params["running_mean"].astype(np.float64), 1 / np.sqrt(variance + layer.eps)


def _input_gradient(
    ctx: Context, count: int, mean: Array, scale: Array, sums: Array, products: Array
) -> tuple[Array, Array, Array]:
    """``a, b, c`` of ``dx = a * dy + b * x + c``; writes the gradients of weight and bias.

    ``sums`` and ``products`` are this worker's sums of ``dy`` and of ``dy * x``.
    """
    dweight = (products - mean * sums) * scale
    ctx.grads["weight"][...] = dweight
    ctx.grads["bias"][...] = sums
    a = ctx.params["weight"] * scale
    if not ctx.training:
        return a, np.zeros_like(a), np.zeros_like(a)
    dbias, dweight = ctx.comm.all_reduce(np.stack([sums, dweight]))
    b = -a * scale * dweight / count  # the moments depend on x too
    return a, b, -a * dbias / count - b * mean


def running_map(layer: BatchNorm, ctx: Context) -> tuple[Array, Array]:
    """``a, b`` of ``y = a * x + b`` outside training, per channel."""
    mean, scale = _running(layer, ctx)
    gain = ctx.params["weight"] * scale
    dtype = ctx.params["weight"].dtype
    return gain.astype(dtype), (ctx.params["bias"] - mean * gain).astype(dtype)


@forward.register
def batch_norm(layer: BatchNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    axes = (0, *range(2, x.ndim))
    column = (1, -1) + (1,) * (x.ndim - 2)
    count = ctx.comm.batch * x[0, 0].size

    def spread(value: Array) -> Array:
        return value.astype(x.dtype).reshape(column)

    def center(shift: Array) -> tuple[Array, Array]:
        wide = x.astype(np.float64) - shift.reshape(column)
        return wide.astype(x.dtype), np.stack([wide.sum(axes), (wide**2).sum(axes)])

    if ctx.training:
        sums = center(np.zeros(x.shape[1]))[1]
        x, mean, scale = _batch_moments(layer, ctx, count, x, sums, center)
    else:
        mean, scale = _running(layer, ctx)
    gain = ctx.params["weight"] * scale
    y = x * spread(gain) + spread(ctx.params["bias"] - mean * gain)

    def backward(dy: Array) -> Array:
        wide = dy.astype(np.float64)
        sums, products = wide.sum(axes), (wide * x).sum(axes)
        a, b, c = _input_gradient(ctx, count, mean, scale, sums, products)
        dx: Array = dy * spread(a) + x * spread(b) + spread(c)
        return dx

    return y, backward


@fast_forward.register
def batch_norm_blocks(layer: BatchNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return normalize_blocks(layer, x, ctx)


Write = Callable[[slice, Array], None]
"""Writes the input gradient of some blocks."""


def normalize_blocks(
    layer: BatchNorm, x: Array, ctx: Context, *, rectify: bool = False
) -> tuple[Array, Backward]:
    """The rule on the blocked layout; ``rectify`` as in ``normalize_lazily``."""
    sums = moments(x, ctx.memory.scratch, precise=ctx.kernels.precise)
    y, plan = normalize_lazily(
        layer, x, ctx, sums, rectify=rectify, relu_backward_here=True, input_relu_backward=False
    )

    def backward(dy: Array) -> Array:
        g, h, w, _, channels = x.shape
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, channels)
        plan(dy)(slice(0, g), dx)
        return dx

    return y, backward


def _center_blocks(ctx: Context, x: Array, shift: Array) -> tuple[Array, Array]:
    """Blocked ``x - shift``, and this worker's sums of it and of its squares."""
    g, h, w, _, channels = x.shape
    centered = ctx.memory.zero_padded(g, h - 2, w - 2, channels)
    normalize.scale(x, (np.ones_like(shift), -shift), None, centered, rectify=False)
    clear_padding_samples(centered, ctx.samples)
    return centered, moments(centered, ctx.memory.scratch, precise=ctx.kernels.precise)


def normalize_lazily(
    layer: BatchNorm,
    x: Array,
    ctx: Context,
    sums: Array,
    shortcut: Array | None = None,
    *,
    rectify: bool,
    relu_backward_here: bool,
    input_relu_backward: bool,
) -> tuple[Array, Callable[[Array], Write]]:
    """The rule together with what may stand around the layer, its input gradient made on demand.

    Args:
        layer: Its data.
        x: Grouped images.
        ctx: Its context.
        sums: Sums of ``x`` and of its squares ``(2, c)``.
        shortcut: What is added to the layer's output.
        rectify: Whether a ReLU follows, which is then done here.
        relu_backward_here: Whether its backward pass is done here too, and not by the next layer.
        input_relu_backward: Whether ``x`` comes from a ReLU whose backward pass is to be done here.

    Returns:
        The output, and a function of its gradient that gives the way to write the input gradient.
    """
    g, h, w, _, channels = x.shape
    count, given, lend = ctx.comm.batch * (h - 2) * (w - 2), x, ctx.memory.scratch
    if ctx.training:
        x, mean, scale = _batch_moments(layer, ctx, count, x, sums, partial(_center_blocks, ctx, x))
    else:
        mean, scale = _running(layer, ctx)
    gain = ctx.params["weight"] * scale
    times, plus = (value.astype(x.dtype) for value in (gain, ctx.params["bias"] - mean * gain))
    y = ctx.memory.zero_padded(g, h - 2, w - 2, channels)
    normalize.scale(x, (times, plus), shortcut, y, rectify=rectify)

    def plan(dy: Array) -> Write:
        behind = y if rectify and relu_backward_here else None
        sums = normalize.gradient_sums(dy, x, behind, lend, precise=ctx.kernels.precise)
        a, b, c = (each.astype(x.dtype) for each in _input_gradient(ctx, count, mean, scale, *sums))

        def write(blocks: slice, dx: Array) -> None:
            outputs = None if behind is None else behind[blocks]
            before, values = given[blocks] if input_relu_backward else None, x[blocks]
            normalize.gradient(dy[blocks], values, outputs, (a, b, c), dx, lend, before)

        return write

    return y, plan


@torch_twin.register
def batch_norm_twin(layer: BatchNorm, x: Shape, torch: ModuleType) -> Any:
    kind = torch.nn.BatchNorm2d if len(x) == 3 else torch.nn.BatchNorm1d
    return kind(x[0], eps=layer.eps, momentum=layer.momentum)
