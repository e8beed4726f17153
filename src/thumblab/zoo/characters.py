"""The network of the demo: five convolutions for 28x28 characters, trained in under a minute."""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    GlobalAvgPool,
    MaxPool,
    ReLU,
    Sequential,
)


def characters_cnn(classes: int, widths: tuple[int, ...] = (16, 32, 64)) -> Layer:
    """Stages of two convolutions with BatchNorm, the first of one; a max-pool between stages."""
    stages: list[Layer] = []
    for number, width in enumerate(widths):
        for _ in range(1 if number == 0 else 2):
            stages += [Conv(width, bias=False, init="he_normal"), BatchNorm(), ReLU()]
        if number < len(widths) - 1:
            stages.append(MaxPool(2))
    return Sequential(*stages, GlobalAvgPool(), Dense(classes))
