"""The 17 experiments of report R1 by number: thin names for the arms of its study.

Experiments 1, 16 and 17 differ from 2, 9 and 15 in their data only: raw pixels instead of pixels / 255;
shifts of up to 0.1 and flips.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.zoo.stacked import (
    four_layer,
    seven_layer,
    six_layer_1,
    six_layer_2,
    six_layer_3,
    stacked_cnn,
    vgg_like,
)


def r1_exp_1(classes: int) -> Layer:
    """4-layer model 1, trained on raw pixels 0 to 255."""
    return four_layer(classes)


def r1_exp_2(classes: int) -> Layer:
    """4-layer model 2, on pixels / 255."""
    return four_layer(classes)


def r1_exp_3(classes: int) -> Layer:
    """6-layer model 1."""
    return six_layer_1(classes)


def r1_exp_4(classes: int) -> Layer:
    """6-layer model 2."""
    return six_layer_2(classes)


def r1_exp_5(classes: int) -> Layer:
    """6-layer model 3."""
    return six_layer_3(classes)


def r1_exp_6(classes: int) -> Layer:
    """7-layer model 1, the basic model."""
    return seven_layer(classes)


def r1_exp_7(classes: int) -> Layer:
    """Dropout model 1."""
    return seven_layer(classes, dropout=0.3)


def r1_exp_8(classes: int) -> Layer:
    """Complex model 1: Dropout and BatchNorm."""
    return seven_layer(classes, dropout=0.3, norm="after")


def r1_exp_9(classes: int) -> Layer:
    """Complex model 2: Dropout, BatchNorm and he_uniform."""
    return stacked_cnn(classes, dropout=0.3, norm="after", init="he_uniform")


def r1_exp_10(classes: int) -> Layer:
    """BatchNorm before the ReLU."""
    return stacked_cnn(classes, dropout=0.3, norm="before", init="he_uniform")


def r1_exp_11(classes: int) -> Layer:
    """BatchNorm model 1."""
    return seven_layer(classes, norm="after")


def r1_exp_12(classes: int) -> Layer:
    """WeightInit model 1: he_uniform."""
    return stacked_cnn(classes, init="he_uniform")


def r1_exp_13(classes: int) -> Layer:
    """Dropout and he_uniform."""
    return stacked_cnn(classes, dropout=0.3, init="he_uniform")


def r1_exp_14(classes: int) -> Layer:
    """Dropout and he_normal."""
    return stacked_cnn(classes, dropout=0.3, init="he_normal")


def r1_exp_15(classes: int) -> Layer:
    """VGG-like model."""
    return vgg_like(classes)


def r1_exp_16(classes: int) -> Layer:
    """Complex model 2 with data augmentation."""
    return r1_exp_9(classes)


def r1_exp_17(classes: int) -> Layer:
    """VGG-like model with data augmentation, the best: 89.02 % after 300 epochs."""
    return r1_exp_15(classes)
