"""LeNet-5 as textbooks give it, with ReLU.

Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".

On 1x28x28 with padded first convolution: 6 and 16 channels of 5x5, then 120, 84 and the classes.
With 47 outputs it has 64,851 parameters, the 64k of report R2; with 62, 66,126.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import AvgPool, Conv, Dense, Flatten, ReLU, Sequential


def lenet5(classes: int) -> Layer:
    """Two 5x5 convolutions with mean pooling, three dense layers."""
    return Sequential(
        Conv(6, kernel=5),
        ReLU(),
        AvgPool(2),
        Conv(16, kernel=5, padding="valid"),
        ReLU(),
        AvgPool(2),
        Flatten(),
        Dense(120),
        ReLU(),
        Dense(84),
        ReLU(),
        Dense(classes),
    )
