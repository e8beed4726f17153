"""Residual networks for small images.

Source: He et al. 2015, arXiv:1512.03385, section 4.2: a 3x3 convolution, three stages of blocks of two 3x3
convolutions on maps of side 32, 16 and 8, the mean over pixels, one dense layer; depth 6 n + 2.

Every convolution is followed by BatchNorm and has no bias; blocks end with a ReLU after the sum. Where a
stage begins with a stride of 2, the shortcut is a 1x1 convolution with BatchNorm (the paper's option B;
its CIFAR networks have option A, zeros for new channels, and 2,752 parameters less). On 3x32x32 and 10
classes ``resnet20`` has 272,474 parameters that are trained.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, ReLU, Sequential, residual

WIDTHS = (16, 32, 64)


def resnet(classes: int, depth: int = 20, widths: tuple[int, ...] = WIDTHS) -> Layer:
    """The family of the CIFAR experiments of He et al.: depth 20, 32, 44, 56 or 110.

    Args:
        classes: Logits.
        depth: Layers with weights, shortcuts left out: 2 and, for every block, 2.
        widths: Channels of each stage; every stage after the first halves the sides.
    """
    if not widths:
        raise UsageError("resnet(widths=()) has no stage; give the channels of 1 or more")
    blocks, rest = divmod(depth - 2, 2 * len(widths))
    if rest or blocks < 1:
        raise UsageError(
            f"resnet(depth={depth}) does not share out blocks of two convolutions evenly over "
            f"{len(widths)} stages; use {2 * len(widths)} n + 2, such as {6 * len(widths) + 2}"
        )
    layers: list[Layer] = [*_normed(widths[0], 3, 1), ReLU()]
    before = widths[0]
    for stage, width in enumerate(widths):
        for place in range(blocks):
            layers += [_block(before, width, 2 if stage and not place else 1), ReLU()]
            before = width
    return Sequential(*layers, GlobalAvgPool(), Dense(classes))


def resnet20(classes: int) -> Layer:
    """Three blocks in each of three stages: 272,474 trained parameters for 10 classes."""
    return resnet(classes)


def resnet32(classes: int, widths: tuple[int, ...] = WIDTHS) -> Layer:
    """Five blocks a stage: 466,906 with the usual ``widths``."""
    return resnet(classes, 32, widths)


def resnet44(classes: int, widths: tuple[int, ...] = WIDTHS) -> Layer:
    """Seven blocks a stage: 661,338 with the usual ``widths``."""
    return resnet(classes, 44, widths)


def resnet56(classes: int, widths: tuple[int, ...] = WIDTHS) -> Layer:
    """Nine blocks a stage: 855,770 with the usual ``widths``."""
    return resnet(classes, 56, widths)


def resnet110(classes: int, widths: tuple[int, ...] = WIDTHS) -> Layer:
    """Eighteen blocks a stage: 1,730,714 with the usual ``widths``."""
    return resnet(classes, 110, widths)


def _normed(width: int, kernel: int, stride: int) -> tuple[Layer, Layer]:
    """A convolution padded as PyTorch pads, and its BatchNorm."""
    return Conv(width, kernel, stride, kernel // 2, bias=False, init="he_normal"), BatchNorm()


def _block(before: int, width: int, stride: int) -> Layer:
    body = Sequential(*_normed(width, 3, stride), ReLU(), *_normed(width, 3, 1))
    if before == width and stride == 1:
        return residual(body)
    return residual(body, Sequential(*_normed(width, 1, stride)))
