"""The three networks of report R3 (PyTorch, CIFAR-10), as published and corrected.

Seven 3x3 convolutions with ReLU, 3 -> 16 -> 32 -> 64 -> 128 -> 128 -> 256 -> 256, and a 2x2 max-pool after
the second, fourth, fifth and seventh; 3x32x32 becomes 256x2x2. Model 1 ends in 1024 -> 1024 -> classes:
2,190,122 parameters for 10 classes. Models 2 and 3 end in the mean over pixels, and as published that is
all: the 256 pooled features, none of them negative, are taken for logits, 246 of them of classes that do
not exist; 1,130,272 parameters. Corrected, a dense layer follows: 1,132,842. Model 3 is model 2 with
Dropout before the last three pools. Published training: Adam at 0.001 with weight decay 1e-6 (added to
the gradient), batch 64, 100 epochs, pixels from -1 to 1.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import Conv, Dense, Dropout, Flatten, GlobalAvgPool, MaxPool, ReLU, Sequential

STAGES = ((1, 2), (4, 8), (8,), (16, 16))
"""Channels of the convolutions before each pool, as multiples of the first one's."""
WIDTH = 16


def r3_model_1(classes: int, width: int = WIDTH, dense: int = 1024) -> Layer:
    """Two dense layers at the end; right as published, 76.61 % in its last epoch.

    Args:
        classes: Logits.
        width: Channels of the first convolution, here and in the other models.
        dense: Units of the dense layer before the logits.
    """
    return Sequential(*_stages(width), Flatten(), Dense(dense), ReLU(), Dense(classes))


def r3_model_2(classes: int, width: int = WIDTH) -> Layer:
    """The mean over pixels and a dense layer at the end."""
    return Sequential(*_stages(width), GlobalAvgPool(), Dense(classes))


def r3_model_3(classes: int, width: int = WIDTH, dropout: float = 0.5) -> Layer:
    """Model 2 with ``dropout``, the share dropped before the last three pools."""
    return Sequential(*_stages(width, dropout), GlobalAvgPool(), Dense(classes))


def r3_model_2_published(classes: int, width: int = WIDTH) -> Layer:
    """Model 2 without a classifier: its 256 features are the logits; 77.22 % in its last epoch."""
    return Sequential(*_stages(width), _unclassified(2, classes, width))


def r3_model_3_published(classes: int, width: int = WIDTH, dropout: float = 0.5) -> Layer:
    """Model 3 without a classifier, the report's best: 82.33 % in its last epoch."""
    return Sequential(*_stages(width, dropout), _unclassified(3, classes, width))


def _stages(width: int, dropout: float = 0.0) -> list[Layer]:
    layers: list[Layer] = []
    for stage, multiples in enumerate(STAGES):
        layers += [layer for times in multiples for layer in (Conv(times * width), ReLU())]
        layers += [Dropout(dropout), MaxPool(2)] if stage and dropout else [MaxPool(2)]
    return layers


def _unclassified(model: int, classes: int, width: int) -> Layer:
    features = STAGES[-1][-1] * width
    if classes > features:
        raise UsageError(
            f"r3_model_{model}_published writes {features} logits whatever the data, but there are "
            f"{classes} classes; use r3_model_{model}"
        )
    return GlobalAvgPool()
