"""Convolution by PyTorch in float64: the plain twin of every convolution kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.kernels.blocks import blocked, fresh, plain
from tests.optional import torch
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.windows import Pads

Array = Any


def twin(
    x: Array, weight: Array, bias: Array | None, stride: int, pad: Pads, dy: Array
) -> tuple[Array, Array, Array, Array | None]:
    """Output and the gradients of input, weight and bias."""
    (above, below), (left, right) = pad
    leaves = [torch.from_numpy(array.copy()).requires_grad_() for array in (x, weight)]
    if bias is not None:
        leaves.append(torch.from_numpy(bias.copy()).requires_grad_())
    padded = torch.nn.functional.pad(leaves[0], (left, right, above, below))
    y = torch.nn.functional.conv2d(padded, *leaves[1:], stride=stride)
    y.backward(torch.from_numpy(dy))
    grads = [leaf.grad.numpy() for leaf in leaves]
    return y.detach().numpy(), grads[0], grads[1], grads[2] if bias is not None else None


def check(
    convolve: Any, x: Array, weight: Array, bias: Array | None, stride: int, pad: Pads
) -> None:
    """``convolve(x, weight, bias, shape, memory)`` against the twin, to 1e-10 of the largest value."""
    samples, out = len(x), len(weight)
    shape = shape_of(x, weight, stride, pad)
    dy = np.random.default_rng(9).standard_normal((samples, out, shape.height, shape.width))
    wanted = twin(x, weight, bias, stride, pad, dy)
    y, backward = convolve(blocked(x), weight, bias, shape, fresh())
    dx, *gradients = backward(blocked(dy), True)
    got = [plain(y, samples), plain(dx, samples), *gradients]
    for ours, theirs in zip(got, wanted, strict=True):
        if theirs is None:
            assert ours is None
        else:
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10 * np.abs(theirs).max())


def shape_of(x: Array, weight: Array, stride: int, pad: Pads) -> ConvShape:
    """The convolution of images ``(n, c, h, w)``."""
    height, width = (
        (side + sum(added) - weight.shape[2]) // stride + 1
        for side, added in zip(x.shape[2:], pad, strict=True)
    )
    return ConvShape(x.shape[1], len(weight), height, width, weight.shape[2], stride, pad)
