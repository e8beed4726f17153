"""Self-attention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin
from thumblab.layers.dense import product

CHUNK = 1 << 18
"""Attention weights computed at a time, so that they stay in cache."""
SAFE = 1e15
"""Sums of powers between its inverse and this need no shift: neither they nor what is divided by them on the
backward pass leave the numbers that float32 knows to all digits."""


@dataclass(frozen=True)
class MultiHeadAttention(Layer):
    """Every token reads all tokens: ``softmax(q @ k.T / sqrt(d)) @ v`` in each head, then a dense map.

    Reads and writes ``(tokens, features)``; a head has ``d = features / heads`` of the features of
    queries, keys and values. Weights as ``torch.nn.MultiheadAttention``: ``in_proj_weight``
    ``(3 * features, features)``, ``in_proj_bias``, ``out_proj.weight`` ``(features, features)`` and
    ``out_proj.bias``.

    Attributes:
        heads: How many attentions side by side; divides the features.

    Source: Vaswani et al. 2017, arXiv:1706.03762. Softmax is left undivided until the values are
    summed and its gradient is taken from the output, as in Dao et al. 2022, arXiv:2205.14135.
    """

    heads: int

    def __post_init__(self) -> None:
        if self.heads < 1:
            raise ShapeError(f"{self}: attention has at least 1 head")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(
                f"MultiHeadAttention reads (tokens, features) but was given {x}; "
                "put PatchEmbedding() before it"
            )
        if x[1] % self.heads:
            raise ShapeError(f"{self} cannot share out {x[1]} features; use a divisor of them")
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        f = x[1]
        return {  # started as PyTorch starts them
            "in_proj_weight": Weight((3 * f, f), "glorot_uniform"),
            "in_proj_bias": Weight((3 * f,)),
            "out_proj.weight": Weight((f, f), "torch_default"),
            "out_proj.bias": Weight((f,)),
        }

    def flops(self, x: Shape) -> int:
        tokens, features = x
        return 8 * tokens * features**2 + 4 * tokens**2 * features


@forward.register
def multi_head_attention(
    layer: MultiHeadAttention, x: Array, ctx: Context
) -> tuple[Array, Backward]:
    n, t, f = x.shape
    scale = x.dtype.type(1 / sqrt(f // layer.heads))
    flat = x.reshape(n * t, f)
    weight, bias = ctx.params["in_proj_weight"].copy(), ctx.params["in_proj_bias"].copy()
    weight[:f] *= scale  # queries come out divided by sqrt(d)
    bias[:f] *= scale
    qkv = product(flat, weight.T, ctx.memory.empty((n * t, 3 * f)))  # (m, f) @ (f, 3 f)
    qkv += bias
    mixed, attend_back = _attend(qkv.reshape(n, t, 3, layer.heads, -1), ctx)
    mixed = mixed.reshape(n * t, f)
    outward = ctx.params["out_proj.weight"]
    y = product(mixed, outward.T, ctx.memory.empty((n * t, f)))
    y += ctx.params["out_proj.bias"]

    def backward(dy: Array) -> Array:
        dy = dy.reshape(n * t, f)
        np.matmul(dy.T, mixed, out=ctx.grads["out_proj.weight"])
        dy.sum(0, out=ctx.grads["out_proj.bias"])
        dmixed = product(dy, outward, ctx.memory.empty((n * t, f)))
        dqkv = attend_back(dmixed.reshape(n, t, layer.heads, -1)).reshape(n * t, 3 * f)
        dweight, dbias = ctx.grads["in_proj_weight"], ctx.grads["in_proj_bias"]
        np.matmul(dqkv.T, flat, out=dweight)  # (3 f, m) @ (m, f)
        dqkv.sum(0, out=dbias)
        dweight[:f] *= scale
        dbias[:f] *= scale
        return product(dqkv, weight, ctx.memory.empty((n * t, f))).reshape(x.shape)

    return y.reshape(x.shape), backward


def _attend(qkv: Array, ctx: Context) -> tuple[Array, Backward]:
    """Attention without its dense maps.

    Reads ``(n, tokens, 3, heads, d)`` and writes ``(n, tokens, heads, d)``. The weights are kept
    transposed, ``(n, heads, keys, queries)``, and undivided: reductions over keys then run along
    whole rows.
    """
    n, t, _, heads, d = qkv.shape
    q, k, v = _split(qkv)
    powers = ctx.memory.empty((n, heads, t, t))
    sums = ctx.memory.empty((n, heads, t))
    y = ctx.memory.empty((n, t, heads, d))
    ones = np.ones(t, qkv.dtype)
    for part in _parts(n, heads * t * t):
        e = np.matmul(k[part], q[part].swapaxes(2, 3), out=powers[part])  # (keys, queries)
        with np.errstate(over="ignore"):
            np.exp(e, out=e)
            total = np.matmul(ones, e, out=sums[part])
        if not (total.max() <= SAFE and total.min() >= 1 / SAFE):
            np.matmul(k[part], q[part].swapaxes(2, 3), out=e)
            e -= e.max(2, keepdims=True)
            np.exp(e, out=e)
            np.matmul(ones, e, out=total)
        np.matmul(e.swapaxes(2, 3), v[part], out=y[part].swapaxes(1, 2))
    share = (1 / sums).swapaxes(1, 2)[..., None]  # (n, queries, heads, 1)
    y *= share

    def backward(dy: Array) -> Array:
        dqkv = ctx.memory.empty(qkv.shape)
        dq, dk, dv = _split(dqkv)
        up = np.multiply(dy, share, out=ctx.memory.empty(dy.shape))
        own = np.einsum("nthd,nthd->nht", up, y)[:, :, None]  # (n, heads, 1, queries)
        for part in _parts(n, heads * t * t):
            e, du = powers[part], up[part].swapaxes(1, 2)
            np.matmul(e, du, out=dv[part])  # (keys, queries) @ (queries, d)
            ds = ctx.memory.scratch("attention", e.size).reshape(e.shape)
            np.matmul(v[part], du.swapaxes(2, 3), out=ds)
            ds -= own[part]
            ds *= e
            np.matmul(ds.swapaxes(2, 3), k[part], out=dq[part])
            np.matmul(ds, q[part], out=dk[part])
        return dqkv

    return y, backward


def _split(qkv: Array) -> tuple[Array, Array, Array]:
    """Queries, keys and values ``(n, heads, tokens, d)``; views."""
    q, k, v = qkv.transpose(2, 0, 3, 1, 4)
    return q, k, v


def _parts(samples: int, each: int) -> Iterator[slice]:
    step = max(1, CHUNK // each)
    for begin in range(0, samples, step):
        yield slice(begin, min(begin + step, samples))


@torch_twin.register
def multi_head_attention_twin(layer: MultiHeadAttention, x: Shape, torch: ModuleType) -> Any:
    class SelfAttention(torch.nn.MultiheadAttention):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(x, x, x, need_weights=False)[0]

    return SelfAttention(x[1], layer.heads, batch_first=True)
