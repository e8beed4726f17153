"""A decoded picture of any mode and size in one of three plain modes, and small enough to go on with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from thumblab.data.pictures.levels import shallow, to_levels

if TYPE_CHECKING:
    from PIL import Image

WORKING = 4_000_000
"""A picture has at most so many pixels once it is decoded: 16 MB, whatever was in the file."""


def small(image: Image.Image) -> Image.Image:
    """The picture in a plain mode, shrunk to ``WORKING`` pixels in bands that take little memory."""
    from PIL import Image

    factor = math.ceil(math.sqrt(image.width * image.height / WORKING))
    if factor <= 1:
        return _plain(image)
    rows = factor * max(1, WORKING // (4 * factor * image.width))
    bands = [
        _plain(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(factor)
        for top in range(0, image.height, rows)
    ]
    whole = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        whole.paste(band, (0, top))
        top += band.height
    return whole


def _plain(image: Image.Image) -> Image.Image:
    """The picture in mode L, RGB, RGBA where something may be transparent, or F where it is deep."""
    if image.mode == "F" or image.mode.startswith("I"):
        return image if image.mode == "F" else image.convert("I").convert("F")
    gray = "L" if image.mode in ("L", "1") else "RGB"
    mode = "RGBA" if image.has_transparency_data else gray
    return image if image.mode == mode else image.convert(mode)


def _declared(image: Image.Image) -> tuple[float | None, bool]:
    """The value of white that a TIFF declares for deep values, and whether that means black."""
    tags = getattr(image, "tag_v2", {})
    bits, most = (
        _tag(tags, 258),
        _tag(tags, 341) or _tag(tags, 281),
    )  # SMaxSampleValue, or its elder
    if most is None and bits is not None and 8 < bits < 16:
        most = float((1 << int(bits)) - 1)
    return most, _tag(tags, 262) == 0  # WhiteIsZero


def _tag(tags: Any, number: int) -> float | None:
    value = tags.get(number)
    if isinstance(value, tuple):
        value = value[0] if value else None
    return None if value is None else float(value)


def with_levels(image: Image.Image, file: Image.Image) -> tuple[Image.Image, str | None]:
    """What ``small`` made of ``file`` in 8 bits a channel, RGBA only where something is transparent.

    Also how its levels were made, where that had to be guessed.
    """
    from PIL import Image

    if image.mode == "F":
        full, inverted = _declared(file)
        levels, note = to_levels(np.asarray(image), full, real=file.mode == "F")
        return Image.fromarray(255 - levels if inverted else levels), note
    if image.mode == "RGBA":
        if image.getchannel("A").getextrema()[0] != 255:
            return image, None
        image = image.convert("RGB")
    pixels = np.asarray(image)
    high = int(pixels.max())
    full = shallow(high)
    if full is None or high == pixels.min():
        return image, None
    scaled = np.rint(pixels * (255 / full)).astype(np.uint8)
    return Image.fromarray(scaled), f"has no value above {high}, read as 0 to {full}"


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The image turned as the EXIF value ``orientation`` (1 to 8) says."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(orientation)
    return image if turn is None else image.transpose(turn)
