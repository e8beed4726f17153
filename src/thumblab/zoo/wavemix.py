"""WaveMix-Lite: pixels mixed by a wavelet transform instead of large kernels.

Source: Jeevan & Sethi 2022, arXiv:2203.03689; Jeevan, Viswanathan & Sethi 2022, arXiv:2205.14375.

Two 3x3 convolutions to ``width`` channels; ``depth`` residual blocks at full resolution, each a 1x1
convolution to a quarter of the channels, one level of the Haar transform (four times the channels on half
the sides), 1x1 convolutions to ``mult * width`` and back with GELU between, a 4x4 transposed convolution
of stride 2 and BatchNorm; the mean over pixels, one dense layer. Sides have to be even.

``WaveMix-Lite-128/7`` has 2,404,970 trained parameters on 3x32x32 with 10 classes. Report R2 gives it "9.6M":
on 1x28x28 with 47 classes it has 2,408,591, which are 9.6 million bytes of float32. ``WaveMix-Lite-64/6`` has
520,106, the authors' figure.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import (
    GELU,
    BatchNorm,
    Conv,
    ConvTranspose,
    Dense,
    Dropout,
    GlobalAvgPool,
    HaarTransform,
    Sequential,
    residual,
)


def wavemix_lite(
    classes: int, width: int = 128, depth: int = 7, mult: int = 2, dropout: float = 0.5
) -> Layer:
    """The family: WaveMix-Lite-``width``/``depth``.

    Args:
        classes: Logits.
        width: Channels; a multiple of 4.
        depth: Blocks.
        mult: How much wider a block is inside.
        dropout: Share dropped inside each block.
    """
    if width % 4:
        raise UsageError(f"wavemix_lite(width={width}) cannot be quartered; give a multiple of 4")
    if depth < 1:
        raise UsageError(f"wavemix_lite(depth={depth}) has no block; give at least 1")
    block = Sequential(
        Conv(width // 4, 1),
        HaarTransform(),
        Conv(mult * width, 1),
        GELU(),
        Dropout(dropout),
        Conv(width, 1),
        ConvTranspose(width, 4, 2, 1),
        BatchNorm(),
    )
    stem = Conv(width // 2), Conv(width)
    return Sequential(*stem, *[residual(block)] * depth, GlobalAvgPool(), Dense(classes))
