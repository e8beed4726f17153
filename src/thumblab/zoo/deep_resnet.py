"""The residual networks of ImageNet, and their form for small images.

Source: He et al. 2015, arXiv:1512.03385, table 1; in bottlenecks the stride of 2 is in the 3x3 convolution,
as in torchvision.

Four stages of 64, 128, 256 and 512 channels; ResNet-18 has two blocks of two 3x3 convolutions in each,
ResNet-50 three, four, six and three bottlenecks (1x1, 3x3, 1x1 to four times the channels). Every
convolution is followed by BatchNorm and has no bias. The ``imagenet`` stem, a 7x7 convolution and a 3x3
max-pool, each of stride 2, leaves 8x8 of 32x32 pixels before the first block, which costs many points on
thumbnails; the ``thumbnail`` stem is one 3x3 convolution of stride 1.

Trained parameters with the thumbnail stem on 3x32x32 and 10 classes: ResNet-18 11,173,962, ResNet-50
23,520,842; with the ImageNet stem on 3 channels and 1000 classes: 11,689,512 and 25,557,032, torchvision's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Layer
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    GlobalAvgPool,
    MaxPool,
    ReLU,
    Sequential,
    residual,
)

WIDTHS = (64, 128, 256, 512)
Stem = Literal["thumbnail", "imagenet"]
Body = Callable[[int, int], Sequential]
"""``(width, stride) -> layers`` of a block, without the shortcut."""


def resnet18(classes: int, widths: tuple[int, ...] = WIDTHS, stem: Stem = "thumbnail") -> Layer:
    """Two basic blocks a stage.

    Args:
        classes: Logits.
        widths: Channels of each stage.
        stem: ``"thumbnail"`` or ``"imagenet"``.
    """
    layers = _trunk((2,) * len(widths), widths, _basic, 1, stem)
    return Sequential(*layers, GlobalAvgPool(), Dense(classes))


def resnet50(
    classes: int,
    widths: tuple[int, ...] = WIDTHS,
    blocks: tuple[int, ...] = (3, 4, 6, 3),
    stem: Stem = "thumbnail",
    dense: int = 0,
) -> Layer:
    """Bottlenecks, each four times as wide outside as inside.

    Args:
        classes: Logits.
        widths: Channels inside the bottlenecks of each stage.
        blocks: Bottlenecks of each stage; 3, 4, 23, 3 is ResNet-101.
        stem: ``"thumbnail"`` or ``"imagenet"``.
        dense: Units of a dense layer with ReLU before the logits, 0 for none; with 1024, the
            ImageNet stem and 47 classes the size is that of report R2, 25.7 million.
    """
    layers = _trunk(blocks, widths, _bottleneck, 4, stem)
    hidden = [Dense(dense), ReLU()] if dense else []
    return Sequential(*layers, GlobalAvgPool(), *hidden, Dense(classes))


def resnet50_imagenet(
    classes: int, widths: tuple[int, ...] = WIDTHS, blocks: tuple[int, ...] = (3, 4, 6, 3)
) -> Layer:
    """``resnet50`` with the ImageNet stem, torchvision's."""
    return resnet50(classes, widths, blocks, stem="imagenet")


def _trunk(
    blocks: tuple[int, ...], widths: tuple[int, ...], body: Body, expansion: int, stem: Stem
) -> list[Layer]:
    if not widths or len(blocks) != len(widths):
        raise UsageError(
            f"blocks {blocks} and widths {widths}: give one number of blocks and one width a stage"
        )
    stems: dict[str, list[Layer]] = {
        "thumbnail": [*_normed(widths[0], 3), ReLU()],
        "imagenet": [*_normed(widths[0], 7, 2), ReLU(), MaxPool(3, 2, 1)],
    }
    if stem not in stems:
        raise unknown("stem", stem, stems)
    layers, before = stems[stem], widths[0]
    for stage, (count, width) in enumerate(zip(blocks, widths, strict=True)):
        for place in range(count):
            stride = 2 if stage and not place else 1
            after = expansion * width
            same = before == after and stride == 1
            shortcut = [] if same else [Sequential(*_normed(after, 1, stride))]
            layers += [residual(body(width, stride), *shortcut), ReLU()]
            before = after
    return layers


def _basic(width: int, stride: int) -> Sequential:
    return Sequential(*_normed(width, 3, stride), ReLU(), *_normed(width, 3))


def _bottleneck(width: int, stride: int) -> Sequential:
    inner = (*_normed(width, 1), ReLU(), *_normed(width, 3, stride), ReLU())
    return Sequential(*inner, *_normed(4 * width, 1))


def _normed(width: int, kernel: int, stride: int = 1) -> tuple[Layer, Layer]:
    """A convolution padded as PyTorch pads, and its BatchNorm."""
    return Conv(width, kernel, stride, kernel // 2, bias=False, init="he_normal"), BatchNorm()
