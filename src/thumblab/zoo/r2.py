"""The two own networks of report R2, for 28x28 characters; their layer lists are lost.

The report keeps the sizes (0.27 million parameters of convolutions only; 1.77 million with residual
connections), and that one, two, three and four residual blocks were compared and SiLU was the best of ten
activations. The tables' LeNet-5 of "64k" fits 47 outputs (64,851), so the sizes here are met with 47.

``r2_cnn``: 1x28x28 - 40x28x28 - 40x14x14 - 64x14x14 - 64x7x7 - 112x7x7 - 112x7x7 - 112x7x7 (1x1) -
47x7x7 (1x1) - mean of the pixels; 271,015 trained parameters. ``r2_res``: 1x28x28 - 32x28x28 -
64x14x14 - 128x14x14 - 200x7x7 - the blocks - mean of the pixels - 47; 1,774,743 with two blocks.

Sources of the design: Springenberg et al. 2014, arXiv:1412.6806 (a stride instead of a pool, a 1x1
convolution instead of dense layers); He et al. 2015, arXiv:1512.03385; Ramachandran et al. 2017,
arXiv:1710.05941 (SiLU).
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, ReLU, Sequential, SiLU, residual


def r2_cnn(
    classes: int,
    widths: tuple[int, ...] = (40, 64, 112),
    activation: Layer = ReLU(),  # noqa: B008  it is frozen
) -> Layer:
    """Convolutions only: two 3x3 a stage, the second with stride 2 but in the last stage, two 1x1.

    Args:
        classes: Logits, the channels of the last convolution.
        widths: Channels of each stage.
        activation: Behind every BatchNorm.
    """
    if not widths:
        raise UsageError("r2_cnn(widths=()) has no stage; give the channels of 1 or more")
    layers: list[Layer] = []
    for stage, width in enumerate(widths):
        last = stage == len(widths) - 1
        layers += [*_normed(width), activation]
        layers += [*_normed(width, stride=1 if last else 2), activation]
    layers += [*_normed(widths[-1], kernel=1), activation]
    return Sequential(*layers, Conv(classes, 1), GlobalAvgPool())


def r2_res(
    classes: int,
    blocks: int = 2,
    width: int = 200,
    stem: tuple[int, ...] = (32, 64, 128),
    activation: Layer = SiLU(),  # noqa: B008  it is frozen
) -> Layer:
    """A stem of convolutions, residual blocks of two 3x3 convolutions, the mean, a dense layer.

    Args:
        classes: Logits.
        blocks: Residual blocks; the report tried 1, 2, 3 and 4.
        width: Channels of the blocks.
        stem: Channels of the convolutions before the one to ``width``; of all these every second
            has stride 2.
        activation: Behind every convolution but the second of a block, and behind each block.
    """
    if blocks < 1:
        raise UsageError(f"r2_res(blocks={blocks}) has no residual block; give 1 or more")
    layers: list[Layer] = []
    for place, channels in enumerate((*stem, width)):
        layers += [*_normed(channels, stride=1 + place % 2), activation]
    body = Sequential(*_normed(width), activation, *_normed(width))
    behind = [residual(body), activation] * blocks
    return Sequential(*layers, *behind, GlobalAvgPool(), Dense(classes))


def _normed(width: int, kernel: int = 3, stride: int = 1) -> tuple[Layer, Layer]:
    """A convolution padded as PyTorch pads, and its BatchNorm."""
    return Conv(width, kernel, stride, kernel // 2, bias=False, init="he_normal"), BatchNorm()
