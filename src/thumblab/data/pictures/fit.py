"""How a picture of one shape fills another: stretched, cropped or padded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thumblab.core.errors import unknown

if TYPE_CHECKING:
    from PIL import Image

FITS = ("stretch", "crop", "pad")
"""``stretch`` changes the proportions; ``crop`` keeps the middle; ``pad`` keeps everything."""


def check_fit(fit: str) -> None:
    """Raises ``UsageError`` unless ``fit`` is one of ``FITS``."""
    if fit not in FITS:
        raise unknown("fit", fit, FITS)


def fitted(image: Image.Image, sides: tuple[int, int], fit: str) -> Image.Image:
    """The image with ``sides`` (height, width), in its own mode (L, RGB or RGBA).

    Pillow's bilinear filter, which averages when it shrinks. What ``pad`` adds has the mean color
    of the image's border.

    Raises:
        UsageError: If the fit is unknown.
    """
    from PIL import Image

    check_fit(fit)
    height, width = sides
    bilinear = Image.Resampling.BILINEAR
    if fit == "stretch":
        return image.resize((width, height), bilinear)
    if fit == "crop":
        scale = min(image.width / width, image.height / height)
        over = (image.width - width * scale) / 2, (image.height - height * scale) / 2
        box = (over[0], over[1], image.width - over[0], image.height - over[1])
        return image.resize((width, height), bilinear, box)
    scale = min(width / image.width, height / image.height)
    inner = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = image.resize(inner, bilinear)
    canvas = Image.new(image.mode, (width, height), _border(small))
    canvas.paste(small, ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return canvas


def _border(image: Image.Image) -> tuple[int, ...]:
    """The mean color of the outermost pixels."""
    pixels = np.asarray(image).reshape(image.height, image.width, -1)
    ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return tuple(int(level) for level in np.rint(ring.mean(0)))
