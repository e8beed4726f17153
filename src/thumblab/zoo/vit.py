"""A vision transformer for small images.

Source: Dosovitskiy et al. 2020, arXiv:2010.11929, in the plain form of Beyer et al. 2022, arXiv:2205.01580.

On 3x32x32 with patches of 4 pixels: 64 tokens of 64 features, learned positions, four blocks (LayerNorm,
attention with 4 heads; LayerNorm, 64 -> 256 -> 64 with GELU), LayerNorm, the mean token, one dense layer.
For 10 classes that is 207,946 parameters. Report R0 has the 64 tokens of 64 features; it draws one block
and does not say how many there are, nor heads or hidden units, so these are ours.
"""

from __future__ import annotations

from typing import Literal

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import (
    ClassToken,
    Dense,
    LayerNorm,
    PatchEmbedding,
    PositionEmbedding,
    Sequential,
    TokenFirst,
    TokenMean,
    transformer_block,
)


def vit(
    classes: int,
    width: int = 64,
    depth: int = 4,
    heads: int = 4,
    patch: int = 4,
    token: Literal["mean", "class"] = "mean",
) -> Layer:
    """Patches, positions, ``depth`` transformer blocks and a dense layer on one token.

    Args:
        classes: Logits.
        width: Features of a token; blocks widen it four times inside.
        depth: Blocks.
        heads: Heads of each attention; divides ``width``.
        patch: Side of a patch, in pixels; divides the image's sides.
        token: What the dense layer reads: the mean of all tokens, or a learned token put before them.
    """
    if token not in ("mean", "class"):
        raise UsageError(f"vit(token={token!r}): the token read is 'mean' or 'class'")
    if depth < 1:
        raise UsageError(f"vit(depth={depth}) has no block; give at least 1")
    tokens: list[Layer] = [PatchEmbedding(width, patch)]
    if token == "class":
        tokens.append(ClassToken())
    blocks = [transformer_block(width, heads, 4 * width)] * depth
    read = TokenMean() if token == "mean" else TokenFirst()
    return Sequential(*tokens, PositionEmbedding(), *blocks, LayerNorm(), read, Dense(classes))
