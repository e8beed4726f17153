"""Wide residual networks: few layers of many channels.

Source: Zagoruyko & Komodakis 2016, arXiv:1605.07146.

A 3x3 convolution to 16 channels; three stages of ``(depth - 4) / 6`` blocks with 16, 32 and 64 times
``width`` channels on maps of side 32, 16 and 8; BatchNorm, ReLU, the mean over pixels, one dense layer. A
block is BatchNorm - ReLU - 3x3 - BatchNorm - ReLU - (Dropout) - 3x3. Where the channels change, the shortcut
is a 1x1 convolution that reads what the first ReLU wrote. No convolution has a bias.

WRN-28-10 on 3x32x32 has 36,479,194 trained parameters for 10 classes and 36,536,884 for 100.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    GlobalAvgPool,
    ReLU,
    Sequential,
    residual,
)


def wide_resnet(classes: int, depth: int = 28, width: int = 10, dropout: float = 0.0) -> Layer:
    """WRN-``depth``-``width``.

    Args:
        classes: Logits.
        depth: Layers with weights, counted as the paper does: 4 and, for every block, 2.
        width: How many times wider than the narrowest.
        dropout: Share dropped inside each block.
    """
    blocks, rest = divmod(depth - 4, 6)
    if rest or blocks < 1 or width < 1:
        raise UsageError(
            f"wide_resnet(depth={depth}, width={width}) has no three equal stages; use a depth of "
            "6 n + 4, such as 16 or 28, and a width of at least 1"
        )
    layers: list[Layer] = [_conv(16)]
    before = 16
    for stage in range(3):
        after = 16 * width * 2**stage
        for place in range(blocks):
            stride = 2 if stage and not place else 1
            layers += _block(before, after, stride, dropout)
            before = after
    return Sequential(*layers, BatchNorm(), ReLU(), GlobalAvgPool(), Dense(classes))


def _block(before: int, after: int, stride: int, dropout: float) -> list[Layer]:
    enter = [BatchNorm(), ReLU()]
    dropped = [Dropout(dropout)] if dropout else []
    body = [_conv(after, 3, stride), BatchNorm(), ReLU(), *dropped, _conv(after)]
    if before == after and stride == 1:
        return [residual(Sequential(*enter, *body))]
    return [*enter, residual(Sequential(*body), _conv(after, 1, stride))]


def _conv(width: int, kernel: int = 3, stride: int = 1) -> Conv:
    return Conv(width, kernel, stride, kernel // 2, bias=False, init="he_normal")
