"""The network of the demo: five convolutions for 28x28 characters, trained in under a minute.

Source: Simonyan & Zisserman 2014, arXiv:1409.1556 (stages of 3x3 convolutions), with the BatchNorm of
Ioffe & Szegedy 2015, arXiv:1502.03167, and the mean over pixels of Lin et al. 2013, arXiv:1312.4400.

1x28x28 - 16x28x28 - 32x14x14 - 32x14x14 - 64x7x7 - 64x7x7 - mean of the pixels - classes; 72,735 trained
parameters for 47 classes.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, MaxPool, ReLU, Sequential


def characters_cnn(classes: int, widths: tuple[int, ...] = (16, 32, 64)) -> Layer:
    """Stages of two convolutions with BatchNorm, the first of one; a max-pool between stages."""
    stages: list[Layer] = []
    for number, width in enumerate(widths):
        for _ in range(1 if number == 0 else 2):
            stages += [Conv(width, bias=False, init="he_normal"), BatchNorm(), ReLU()]
        if number < len(widths) - 1:
            stages.append(MaxPool(2))
    return Sequential(*stages, GlobalAvgPool(), Dense(classes))
