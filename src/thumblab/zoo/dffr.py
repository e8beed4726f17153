"""The DFFR-CNN of report R0: a residual block, then two branches fused by concatenation.

The report prints the parts (convolutions 3->16, a residual block with "Add & ReLU", a fusion block that
writes 16x16x32, 2048 -> 512 -> 100) but its drawing of how they are wired is lost. The wiring here is
the one in which every printed shape fits: convolution to 16x32x32, max-pool to 16x16x16, a residual block of
two 3x3 convolutions of 16 channels, two branches of 16 channels side by side (16x16x32 is then height x
width x channels), max-pool to 32x8x8 = 2048. "3->16" inside the blocks must be a copy of the first layer's.
The branches have kernels of 3 and 5 pixels: with two equal kernels they would be one convolution of
32 channels, and fuse nothing. On 3x32x32 and 100 classes that is 1,114,212 parameters.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import Conv, Dense, Flatten, MaxPool, Parallel, ReLU, Sequential, residual


def dffr_cnn(
    classes: int, width: int = 16, kernels: tuple[int, ...] = (3, 5), dense: int = 512
) -> Layer:
    """Convolution, residual block, a branch for each of ``kernels``, two dense layers.

    Args:
        classes: Logits.
        width: Channels of every convolution.
        kernels: Sides of the branches' kernels, in pixels.
        dense: Units of the dense layer before the logits.
    """
    body = Sequential(Conv(width), ReLU(), Conv(width))
    branches = [Sequential(Conv(width, kernel), ReLU()) for kernel in kernels]
    return Sequential(
        Conv(width),
        ReLU(),
        MaxPool(2),
        residual(body),
        ReLU(),
        Parallel(*branches, merge="concat"),
        MaxPool(2),
        Flatten(),
        Dense(dense),
        ReLU(),
        Dense(classes),
    )
