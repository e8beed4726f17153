"""The block that vision transformers repeat."""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers.dense import Dense
from thumblab.layers.gelu import GELU
from thumblab.layers.layer_norm import LayerNorm
from thumblab.layers.multi_head_attention import MultiHeadAttention
from thumblab.layers.parallel import residual
from thumblab.layers.sequential import Sequential


def transformer_block(width: int, heads: int, hidden: int) -> Layer:
    """Attention, then two dense layers on every token, each normalized first and added to its input.

    Reads and writes ``(tokens, width)``.

    Args:
        width: Features of a token.
        heads: Heads of the attention.
        hidden: Units of the first dense layer; usually ``4 * width``.

    Source: Xiong et al. 2020, arXiv:2002.04745 ("pre-norm"); Dosovitskiy et al. 2020, arXiv:2010.11929.
    """
    return Sequential(
        residual(Sequential(LayerNorm(), MultiHeadAttention(heads))),
        residual(Sequential(LayerNorm(), Dense(hidden), GELU(), Dense(width))),
    )
