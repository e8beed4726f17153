"""Convolutions cut into groups of channels, on the engine's layout.

BLAS is slow on matrices a few channels wide. So neighboring groups are convolved together, by one kernel
that is zero from group to group, up to ``WIDTH`` channels at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from thumblab.core.rules import Array, Backward, Context, ContextWrapper
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import inside
from thumblab.kernels.plan import convolve
from thumblab.kernels.windows import Pads

WIDTH = 64
"""Channels read by one kernel: few enough that zeros cost little, enough for BLAS."""


@dataclass
class Bundle(ContextWrapper):
    """Neighboring groups, and the context in which they are one convolution.

    Attributes:
        inner: The context of all groups.
        count: How many groups.
        reads: Their input channels.
        writes: Their output channels.
    """

    inner: Context
    count: int
    reads: slice
    writes: slice

    def __post_init__(self) -> None:
        self._each = np.arange(self.count)
        own = self.inner["weight"][self.writes]  # (count * o, c, k, k)
        o, (c, *area) = len(own) // self.count, own.shape[1:]
        whole = np.zeros((self.count, o, self.count, c, *area), own.dtype)
        whole[self._each, :, self._each] = own.reshape(self.count, o, c, *area)
        self._weight = whole.reshape(len(own), self.count * c, *area)
        self._gradient = np.zeros((0,) * 6)

    def __getitem__(self, name: str) -> Array:
        return self._weight if name == "weight" else self.inner[name][self.writes]

    def grad(self, name: str) -> Array:
        if name != "weight":
            return self.inner.grad(name)[self.writes]
        rows, columns, *area = self._weight.shape
        shape = (self.count, rows // self.count, self.count, columns // self.count, *area)
        if not self._gradient.size:
            self._gradient = self.inner.empty(shape)
        return self._gradient.reshape(self._weight.shape)

    def hand_over(self) -> None:
        """Gives the groups their part of the kernel's gradient."""
        target = self.inner.grad("weight")[self.writes]
        target[...] = self._gradient[self._each, :, self._each].reshape(target.shape)


def bundles(ctx: Context, channels: int, groups: int) -> Iterator[Bundle]:
    """All groups of a convolution that reads ``channels``, a bundle at a time."""
    c, o = channels // groups, len(ctx["weight"]) // groups
    most = max(WIDTH // c, 1)
    for first in range(0, groups, most):
        last = min(first + most, groups)
        yield Bundle(ctx, last - first, slice(first * c, last * c), slice(first * o, last * o))


def convolve_parts(
    x: Array,
    groups: int,
    stride: int,
    counts: tuple[int, int],
    pad: Pads,
    bias: bool,
    ctx: Context,
    epilogue: Epilogue,
) -> tuple[Array, Backward]:
    """``kernels.plan.convolve`` for a kernel of ``groups`` groups."""
    g, h, w, _, channels = x.shape
    y, backs = ctx.zero_padded(g, *counts, len(ctx["weight"])), []
    for bundle in bundles(ctx, channels, groups):
        part = _cut(x, bundle.reads, ctx)
        done, back = convolve(part, stride, counts, pad, bias, cast(Context, bundle))
        inside(y)[..., bundle.writes] = inside(done)
        backs.append((bundle, back))
    epilogue.forward(y, slice(0, g), slice(0, counts[0]))

    def backward(dy: Array) -> Array:
        dy = epilogue.output_grad(dy, slice(0, g))
        dx = ctx.zero_padded(g, h - 2, w - 2, channels) if ctx.needs_input_grad else dy
        while backs:  # each has kept a copy of its channels
            bundle, back = backs.pop()
            dpart = back(_cut(dy, bundle.writes, ctx))
            bundle.hand_over()
            if ctx.needs_input_grad:
                inside(dx)[..., bundle.reads] = inside(dpart)
        if ctx.needs_input_grad:
            epilogue.backward(dx, slice(0, g), slice(0, h - 2))
        return dx

    return y, backward


def _cut(x: Array, channels: slice, ctx: Context) -> Array:
    """Some channels of blocked images, as blocked images; ``x`` itself if they are all."""
    g, h, w, _, c = x.shape
    if channels == slice(0, c):
        return x
    part = ctx.zero_padded(g, h - 2, w - 2, channels.stop - channels.start)
    inside(part)[...] = inside(x)[..., channels]
    return part
