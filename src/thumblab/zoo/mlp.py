"""The multilayer perceptron of report R0: 3072 -> 512 -> 100 on CIFAR-100, 1,624,676 parameters.

The report prints 2048 inputs, a slip: a 3x32x32 image flattens to 3072 values.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import Dense, Flatten, ReLU, Sequential


def mlp(classes: int, hidden: tuple[int, ...] = (512,)) -> Layer:
    """Flatten, then a dense layer and a ReLU for each width in ``hidden``, then the logits."""
    stages = [layer for width in hidden for layer in (Dense(width), ReLU())]
    return Sequential(Flatten(), *stages, Dense(classes))
