"""Characters drawn with few strokes on many grounds, for the tests of what finds them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SEVEN = [(0.2, 0.1), (0.8, 0.1), (0.45, 0.9)]
"""Corners of a 7 in a unit square, ``(x, y)``."""


def seven(
    canvas: tuple[int, int],
    at: tuple[float, float, float],
    width: float = 0.12,
    ink: tuple[int, ...] = (20, 20, 40),
    ground: tuple[int, ...] = (240, 240, 235),
) -> Image.Image:
    """A 7 on an even ground.

    Args:
        canvas: Width and height in pixels.
        at: Left, top and side of the square the 7 is drawn in.
        width: Of the strokes, as a share of the square's side.
        ink: Color.
        ground: Color.
    """
    image = Image.new("RGBA" if len(ground) == 4 else "RGB", canvas, ground)
    left, top, side = at
    corners = [(left + x * side, top + y * side) for x, y in SEVEN]
    thick = max(1, round(width * side))
    ImageDraw.Draw(image).line(corners, ink, thick, joint="curve")
    return image


def photographed(image: Image.Image, seed: int = 0, *, shadow: float = 0.35) -> Image.Image:
    """The picture under a lamp at one side, in half a shadow, blurred, with noise."""
    rng = np.random.default_rng(seed)
    soft = np.asarray(image.convert("RGB").filter(ImageFilter.GaussianBlur(1)), np.float64)
    height, width, _ = soft.shape
    light = np.linspace(1, 0.7, width)[None, :, None] * np.ones((height, 1, 1))
    light[height // 3 :] *= 1 - shadow
    noisy = soft * light + rng.normal(0, 6, soft.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def pixels_of(image: Image.Image) -> np.ndarray:
    array = np.asarray(image)
    return array.reshape(*array.shape[:2], -1)
