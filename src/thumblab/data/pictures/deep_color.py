"""Colors of 16 bits, of which Pillow keeps the high byte: black, where a file holds 8 or 12 bits in 16.

Such a file is decoded once more for its low bytes, by asking Pillow for the other byte order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thumblab.data.pictures.levels import to_levels

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

_OTHER = {
    "RGB;16B": "RGB;16L",
    "RGB;16L": "RGB;16B",
    "RGBA;16B": "RGBA;16L",
    "RGBA;16L": "RGBA;16B",
}

MOST = 63
"""The largest high byte of values below 14 bits; where there are larger ones, nothing is guessed."""


def is_deep(image: ImageFile) -> bool:
    """Whether a picture that is not loaded yet has 16 bits a color, in PNG or uncompressed TIFF."""
    return len(image.tile) == 1 and image.tile[0][0] in ("zip", "raw") and _mode(image) in _OTHER


def _mode(image: ImageFile) -> str:
    arguments = image.tile[0][3]
    return str(arguments[0] if isinstance(arguments, tuple) else arguments)


def take_low_bytes(image: ImageFile) -> None:
    """Has the low bytes decoded in place of the high ones; before ``load``."""
    codec, extents, offset, arguments = image.tile[0]
    mode = _OTHER[_mode(image)]
    given = (mode, *arguments[1:]) if isinstance(arguments, tuple) else mode
    image.tile = [type(image.tile[0])(codec, extents, offset, given)]


def joined(high: Image.Image, low: Image.Image) -> tuple[Image.Image, str | None]:
    """Levels of 8 bits from both bytes, in the range that the values have, and how that was guessed."""
    from PIL import Image

    values = np.asarray(high).astype(np.uint16) * 256 + np.asarray(low)
    levels, note = to_levels(values)
    return Image.fromarray(levels), note
