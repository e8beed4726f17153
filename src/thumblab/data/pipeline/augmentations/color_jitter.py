"""Colors and light changed at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment

_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
"""Rows: gray level, and the two axes of color, of the NTSC norm."""

_BLOCK_PIXELS = 16384
"""Images are changed in blocks of about so many pixels, so that the arrays between stay in cache."""


@dataclass(frozen=True)
class ColorJitter(Augmentation):
    """Brightness, contrast, saturation and hue, in this order, each by a number of its own.

    With factors ``b``, ``c`` and ``s`` that run evenly from ``1 - x`` to ``1 + x`` of their argument
    ``x``, pixels ``p``, and ``gray(p) = 0.299 red + 0.587 green + 0.114 blue``:

    - brightness: ``p = b p``;
    - contrast: ``p = c p + (1 - c) m``, with ``m`` the mean of ``gray(p)`` over the image;
    - saturation: ``p = s p + (1 - s) gray(p)``;
    - hue: the two color axes of YIQ turned by an angle, which leaves ``gray(p)`` as it is.

    All four are one linear map, so values are rounded and cut off at 0 and 255 but once, at the end.
    Gray images have brightness and contrast alone.

    Attributes:
        brightness: 0 to 1.
        contrast: 0 to 1.
        saturation: 0 to 1.
        hue: Largest angle, either way, as a share of a full turn, 0 to 0.5.

    Source: Howard 2013, arXiv:1312.5402 (brightness, contrast, saturation).
    """

    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    hue: float = 0.0

    def __post_init__(self) -> None:
        for name, most in (("brightness", 1), ("contrast", 1), ("saturation", 1), ("hue", 0.5)):
            if not 0 <= getattr(self, name) <= most:
                raise UsageError(f"{name} is {getattr(self, name)}; give a number from 0 to {most}")

    @property
    def draws(self) -> int:
        """Four, in the order of the steps; 0.5 changes nothing."""
        return 4


@augment.register
def _jitter(augmentation: ColorJitter, images: Pixels, draws: Draws) -> Pixels:
    a = augmentation
    change = (2 * draws - 1) * (a.brightness, a.contrast, a.saturation, a.hue)
    brightness, contrast, saturation = 1 + change[:, :3].T
    n, h, w, c = images.shape
    weights = _YIQ[0] if c == 3 else np.ones(1)
    colors = _colors(saturation, change[:, 3]) if c == 3 else np.ones((n, 1, 1))
    matrix = (brightness * contrast)[:, None, None] * colors
    of_mean = (brightness * (1 - contrast))[:, None] * weights / (h * w)  # of the pixels' sum
    out = np.empty_like(images)
    each = max(1, _BLOCK_PIXELS // (h * w))
    for start in range(0, n, each):
        block = slice(start, start + each)
        _change(images[block], _single(matrix[block]), _single(of_mean[block]), out[block])
    return out


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _colors(saturation: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrices ``(n, 3, 3)`` that change saturation and hue; gray pixels stay as they are."""
    angle = 2 * np.pi * turns
    turned = np.zeros((len(turns), 3, 3))  # in YIQ
    turned[:, 0, 0] = 1
    turned[:, 1, 1] = turned[:, 2, 2] = saturation * np.cos(angle)
    turned[:, 2, 1] = saturation * np.sin(angle)
    turned[:, 1, 2] = -turned[:, 2, 1]
    matrices: NDArray[np.float64] = np.linalg.inv(_YIQ) @ turned @ _YIQ
    return matrices


def _change(
    images: Pixels, matrix: NDArray[np.float32], of_mean: NDArray[np.float32], out: Pixels
) -> None:
    n, h, w, c = images.shape
    pixels = images.reshape(n, h * w, c).astype(np.float32)
    total = np.ones((n, 1, h * w), np.float32) @ pixels  # (n, 1, c)
    changed = pixels @ matrix.transpose(0, 2, 1)  # (n, hw, c) @ (n, c, c)
    changed += total @ of_mean[:, :, None]
    np.rint(changed, out=changed)
    np.clip(changed, 0, 255, out=changed)
    out[...] = changed.reshape(n, h, w, c)
