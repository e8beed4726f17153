"""Convolution by PyTorch in float64: the plain twin of every convolution kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.kernels.lent import Lent, blocked, plain
from tests.optional import torch
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
    """``convolve(blocked, ctx)`` and its backward pass against the twin, to 1e-10 of the largest value."""
    samples, out = len(x), len(weight)
    (above, below), (left, right) = pad
    kernel = weight.shape[2]
    oh = (x.shape[2] + above + below - kernel) // stride + 1
    ow = (x.shape[3] + left + right - kernel) // stride + 1
    dy = np.random.default_rng(9).standard_normal((samples, out, oh, ow))
    wanted = twin(x, weight, bias, stride, pad, dy)
    ctx = Lent(weight=weight) if bias is None else Lent(weight=weight, bias=bias)
    y, backward = convolve(blocked(x), ctx)
    got = [plain(y, samples), plain(backward(blocked(dy)), samples), ctx.grads["weight"]]
    if bias is not None:
        got.append(ctx.grads["bias"])
    for ours, theirs in zip(got, wanted, strict=False):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10 * np.abs(theirs).max())
