"""Convolutions cut into groups of channels, on the engine's layout.

BLAS is slow on matrices a few channels wide. So neighboring groups are convolved together, by one kernel
that is zero from group to group, up to ``WIDTH`` channels at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from thumblab.core.rules import Array, Kernels, Memory
from thumblab.kernels.conv_shape import ConvBackward, ConvShape
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.layout import inside
from thumblab.kernels.plan import convolve

WIDTH = 64
"""Channels read by one kernel: few enough that zeros cost little, enough for BLAS."""


@dataclass(frozen=True)
class Bundle:
    """Neighboring groups that one kernel convolves.

    Attributes:
        count: How many groups.
        reads: Their input channels.
        writes: Their output channels.
    """

    count: int
    reads: slice
    writes: slice

    def kernel(self, weight: Array) -> Array:
        """One kernel out of the groups' part of ``weight``, zero from group to group."""
        own = weight[self.writes]  # (count * o, c, k, k)
        o, (c, *area), each = len(own) // self.count, own.shape[1:], np.arange(self.count)
        whole = np.zeros((self.count, o, self.count, c, *area), own.dtype)
        whole[each, :, each] = own.reshape(self.count, o, c, *area)
        return whole.reshape(len(own), self.count * c, *area)

    def own(self, dkernel: Array) -> Array:
        """What of the gradient of ``kernel(weight)`` belongs to the groups' part of ``weight``."""
        rows, columns, *area = dkernel.shape
        o, c, each = rows // self.count, columns // self.count, np.arange(self.count)
        parts = dkernel.reshape(self.count, o, self.count, c, *area)
        return parts[each, :, each].reshape(rows, c, *area)


def bundles(channels: int, written: int, groups: int) -> Iterator[Bundle]:
    """All groups of a convolution that reads ``channels`` and writes ``written``, a bundle at a time."""
    c, o = channels // groups, written // groups
    most = max(WIDTH // c, 1)
    for first in range(0, groups, most):
        last = min(first + most, groups)
        yield Bundle(last - first, slice(first * c, last * c), slice(first * o, last * o))


def convolve_parts(
    x: Array,
    weight: Array,
    bias: Array | None,
    shape: ConvShape,
    groups: int,
    kernels: Kernels,
    memory: Memory,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, ConvBackward]:
    """``kernels.plan.convolve`` for a weight ``(o, c / groups, k, k)`` of ``groups`` groups."""
    g, h, w, _, channels = x.shape
    y, backs = memory.zero_padded(g, shape.height, shape.width, len(weight)), []
    for bundle in bundles(channels, len(weight), groups):
        part, kernel = _cut(x, bundle.reads, memory), bundle.kernel(weight)
        added = None if bias is None else bias[bundle.writes]
        seen = replace(shape, read=kernel.shape[1], written=len(kernel))
        done, back = convolve(part, kernel, added, seen, kernels.algorithm(seen), memory)
        inside(y)[..., bundle.writes] = inside(done)
        backs.append((bundle, back))
    epilogue.forward(y, slice(0, g), slice(0, shape.height))

    def backward(dy: Array, needs_input_grad: bool) -> tuple[Array, Array, Array | None]:
        dy = epilogue.output_grad(dy, slice(0, g))
        dx = memory.zero_padded(g, h - 2, w - 2, channels) if needs_input_grad else dy
        dweight, dbias = np.empty_like(weight), None if bias is None else np.empty_like(bias)
        while backs:  # each has kept a copy of its channels
            bundle, back = backs.pop()
            dpart, dkernel, added = back(_cut(dy, bundle.writes, memory), needs_input_grad)
            dweight[bundle.writes] = bundle.own(dkernel)
            if dbias is not None:
                dbias[bundle.writes] = added
            if needs_input_grad:
                inside(dx)[..., bundle.reads] = inside(dpart)
        if needs_input_grad:
            epilogue.backward(dx, slice(0, g), slice(0, h - 2))
        return dx, dweight, dbias

    return y, backward


def _cut(x: Array, channels: slice, memory: Memory) -> Array:
    """Some channels of blocked images, as blocked images; ``x`` itself if they are all."""
    g, h, w, _, c = x.shape
    if channels == slice(0, c):
        return x
    part = memory.zero_padded(g, h - 2, w - 2, channels.stop - channels.start)
    inside(part)[...] = inside(x)[..., channels]
    return part
