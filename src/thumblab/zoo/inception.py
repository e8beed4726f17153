"""A small Inception for small images: windows of several sizes side by side.

Source: Szegedy et al. 2014, arXiv:1409.4842 (GoogLeNet), with the BatchNorm of Ioffe & Szegedy 2015,
arXiv:1502.03167.

A module of ``width`` channels joins four branches in the proportions of GoogLeNet's first, 3a (64, 128,
32 and 32 of 256): a 1x1 convolution; 1x1 to 3/8 of the width, then 3x3; 1x1 to 1/16, then 5x5; a 3x3
max-pool of stride 1, then 1x1. On 3x32x32: a 3x3 convolution to 64x32x32, two modules a stage to
128x32x32, 256x16x16 and 512x8x8 with a max-pool between stages, the mean over pixels, one dense layer;
1,727,082 trained parameters for 10 classes.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    GlobalAvgPool,
    MaxPool,
    Parallel,
    ReLU,
    Sequential,
)


def inception(
    classes: int, widths: tuple[int, ...] = (128, 256, 512), modules: int = 2, stem: int = 64
) -> Layer:
    """Stages of Inception modules.

    Args:
        classes: Logits.
        widths: Channels of each stage's modules; multiples of 16.
        modules: Modules a stage.
        stem: Channels of the first convolution.
    """
    if any(width % 16 for width in widths):
        raise UsageError(
            f"inception(widths={widths}): give multiples of 16, which share out evenly"
        )
    if not widths or modules < 1:
        raise UsageError(
            f"inception(widths={widths}, modules={modules}) has no module; give 1 or more of both"
        )
    layers: list[Layer] = _activated(stem, 3)
    for stage, width in enumerate(widths):
        layers += ([MaxPool(3, 2, "same")] if stage else []) + [_module(width)] * modules
    return Sequential(*layers, GlobalAvgPool(), Dense(classes))


def _module(width: int) -> Layer:
    return Parallel(
        Sequential(*_activated(width // 4, 1)),
        Sequential(*_activated(3 * width // 8, 1), *_activated(width // 2, 3)),
        Sequential(*_activated(width // 16, 1), *_activated(width // 8, 5)),
        Sequential(MaxPool(3, 1, "same"), *_activated(width // 8, 1)),
        merge="concat",
    )


def _activated(width: int, kernel: int) -> list[Layer]:
    return [Conv(width, kernel, bias=False, init="he_normal"), BatchNorm(), ReLU()]
