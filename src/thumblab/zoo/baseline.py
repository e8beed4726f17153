"""The baseline CNN of report R0: two 3x3 convolutions, 1,105,476 parameters on CIFAR-100.

The report prints the shapes 16x32x32, 16x16x16, 32x16x16, 32x8x8 and 2048 -> 512 -> 100; the kernel's
side (3) is the one that fits them.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import Conv, Dense, Flatten, MaxPool, ReLU, Sequential


def baseline_cnn(classes: int, widths: tuple[int, ...] = (16, 32), dense: int = 512) -> Layer:
    """Convolution, ReLU and 2x2 max-pool for each width, then two dense layers."""
    stages = [layer for width in widths for layer in (Conv(width), ReLU(), MaxPool(2))]
    return Sequential(*stages, Flatten(), Dense(dense), ReLU(), Dense(classes))
