"""Sequential CNNs of report R1 (Keras, CIFAR-10): convolutions with a max-pool after each stage.

A stage is 3x3 convolutions with ReLU, then a 3x3 max-pool of stride 2 with Keras' "same" padding. The
techniques of the report are edits of the plain network: BatchNorm, Dropout, another initializer.
Keras' BatchNorm has momentum 0.99 (0.01 in our reading) and eps 1e-3.
"""

from __future__ import annotations

from typing import Literal, get_args

from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Layer
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential

KERAS_NORM = BatchNorm(momentum=0.01, eps=1e-3)
Norm = Literal["none", "after", "before"]


def stacked_cnn(
    classes: int,
    widths: tuple[int, ...] = (32, 64, 64, 64, 128),
    dense: int = 128,
    dropout: float = 0.0,
    norm: Norm = "none",
    init: str = "glorot_uniform",
    convolutions: int = 1,
) -> Layer:
    """The family that all 17 experiments of R1 belong to.

    Args:
        classes: Logits.
        widths: Channels of each stage.
        dense: Units of a dense layer before the logits; 0 for none.
        dropout: Share dropped after each pool and after the dense layer.
        norm: One BatchNorm a stage and one after the dense layer: ``"after"`` its ReLU, ``"before"``
            it, or ``"none"``.
        init: How convolutions start; dense layers start ``glorot_uniform``, Keras' default.
        convolutions: Convolutions a stage.
    """
    if norm not in get_args(Norm):
        raise unknown("norm", norm, get_args(Norm))
    if convolutions < 1:
        raise UsageError(f"stacked_cnn(convolutions={convolutions}): give 1 or more a stage")
    layers: list[Layer] = []
    for width in widths:
        layers += [Conv(width, init=init), ReLU()] * (convolutions - 1)
        layers += _activated(Conv(width, init=init), norm)
        layers += [MaxPool(3, 2, "same"), *_dropout(dropout)]
    layers.append(Flatten())
    if dense:
        layers += _activated(Dense(dense, init="glorot_uniform"), norm) + _dropout(dropout)
    return Sequential(*layers, Dense(classes, init="glorot_uniform"))


def _activated(layer: Layer, norm: Norm) -> list[Layer]:
    if norm == "before":
        return [layer, KERAS_NORM, ReLU()]
    return [layer, ReLU()] + ([KERAS_NORM] if norm == "after" else [])


def _dropout(rate: float) -> list[Layer]:
    return [Dropout(rate)] if rate else []


def four_layer(classes: int) -> Layer:
    """Three convolutions of 32 channels (experiments 1 and 2): 24,522 parameters."""
    return stacked_cnn(classes, widths=(32, 32, 32), dense=0)


def six_layer_1(classes: int) -> Layer:
    """Five convolutions of 32 channels (experiment 3): 38,218 parameters."""
    return stacked_cnn(classes, widths=(32,) * 5, dense=0)


def six_layer_2(classes: int) -> Layer:
    """16 to 256 channels (experiment 4, which collapsed at epoch 293): 395,178 parameters."""
    return stacked_cnn(classes, widths=(16, 32, 64, 128, 256), dense=0)


def six_layer_3(classes: int) -> Layer:
    """32, 64, 64, 64 and 128 channels (experiment 5): 168,394 parameters."""
    return stacked_cnn(classes, dense=0)


def seven_layer(classes: int, dropout: float = 0.0, norm: Norm = "none") -> Layer:
    """``six_layer_3`` with a dense layer of 128 (experiment 6): 184,906 parameters."""
    return stacked_cnn(classes, dropout=dropout, norm=norm)


def vgg_like(classes: int, dropout: float = 0.3) -> Layer:
    """``seven_layer`` with every convolution doubled, BatchNorm and Dropout (experiment 15).

    454,442 parameters as Keras counts them, 453,482 trainable.
    """
    return stacked_cnn(classes, dropout=dropout, norm="after", init="he_uniform", convolutions=2)
