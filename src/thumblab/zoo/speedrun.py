"""The networks of the CIFAR-10 speed records: narrow, shallow, whitened, started as the identity.

Source: Jordan 2024, arXiv:2404.00498, and its repository cifar10-airbench (``airbench94``,
``airbench94_muon``), after Page 2018, "How to train your ResNet", and tysam-code's hlb-CIFAR10.

On 3x32x32: a fitted 2x2 convolution to 24x31x31, then three blocks 64x15x15, 256x7x7 and 256x3x3, each
convolution 3x3 - max-pool 2 - BatchNorm - activation - convolution 3x3 - BatchNorm - activation; a
max-pool over what is left, and one dense layer without bias, whose output is divided.
"""

from __future__ import annotations

from typing import Literal

from thumblab.core.errors import unknown
from thumblab.core.layer import Layer
from thumblab.layers import (
    GELU,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    MaxPool,
    Scale,
    Sequential,
    SiLU,
    Whiten,
)

FAST_NORM = BatchNorm(momentum=0.4, eps=1e-12)
ACTIVATIONS = {"gelu": GELU(), "silu": SiLU()}


def speedrun(
    classes: int,
    widths: tuple[int, ...] = (64, 256, 256),
    activation: Literal["gelu", "silu"] = "gelu",
    scale: float = 1 / 9,
    head: str = "torch_default",
) -> Layer:
    """The family of airbench; the first layer is fitted to the training images by ``prepare``.

    ``airbench94`` is the default; it freezes BatchNorm's scales, which ``rates=(("norm.weight", 0.0),)`` of
    the optimizer ``Grouped`` does, and the whitening's bias after 3 epochs, which is not done here.
    ``airbench94_muon`` has ``scale=1/256, head="unit_uniform"``,
    hiverge's record ``activation="silu"`` besides.

    Args:
        classes: Logits.
        widths: Channels of each block; 64, 128, 128 is ``airbench93``, 128, 384, 384 ``airbench95``.
        activation: ``"gelu"``, or ``"silu"``, which computes faster.
        scale: What the dense layer's output is multiplied with.
        head: How the dense layer starts (``core.initialize``).
    """
    if activation not in ACTIVATIONS:
        raise unknown("activation", activation, ACTIVATIONS)
    act = ACTIVATIONS[activation]
    blocks = [layer for width in widths for layer in _block(width, act)]
    ending = (MaxPool(3), Flatten(), Dense(classes, bias=False, init=head), Scale(scale))
    return Sequential(Whiten(), act, *blocks, *ending)


def wide(classes: int) -> Layer:
    """The benchmark's widest row: ``speedrun`` at 64, 256 and 256 channels."""
    return speedrun(classes)


def _block(width: int, act: Layer) -> list[Layer]:
    conv = Conv(width, bias=False, init="dirac")
    return [conv, MaxPool(2), FAST_NORM, act, conv, FAST_NORM, act]
