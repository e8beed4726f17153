"""Any picture file as pixels of a wanted shape: the conversion that training and prediction share.

In this order: the first frame is taken; a large picture is shrunk by a whole factor to at most
``WORKING`` pixels, JPEG while it is decoded; deep and shallow values become levels of 0 to 255
(``levels``); the EXIF rotation is obeyed; the picture is fitted to the wanted sides (``fit``); what
is transparent is laid over white; color becomes gray as 0.299 R + 0.587 G + 0.114 B (ITU-R
BT.601), gray becomes three equal channels. CMYK and palettes become RGB first; color profiles are
not applied. Polarity (dark on light or light on dark) is left as it is: see ``preparation``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.data.pictures.deep_color import MOST, is_deep, joined, take_low_bytes
from thumblab.data.pictures.fit import fitted
from thumblab.data.pictures.jpeg import mended
from thumblab.data.pictures.picture_file import PIXELS, file_bytes, opened
from thumblab.data.pictures.plain import WORKING, small, upright, with_levels

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

ORIENTATION = 0x0112

ROOM = 200_000_000
"""Bytes within which every picture is decoded."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, upright.

    Attributes:
        image: In mode L, RGB or, where something is transparent, RGBA; at most ``WORKING`` pixels.
        notes: What had to be guessed, each as the end of a sentence that begins with the name.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()

    def pixels(self, shape: tuple[int, int, int], fit: str = "stretch") -> NDArray[np.uint8]:
        """uint8 ``(h, w, c)`` for a ``shape`` of ``(c, h, w)``, as this module's first lines say."""
        channels, height, width = shape
        return _with_channels(fitted(self.image, (height, width), fit), channels)


def decode(
    picture: Path | str | bytes,
    shape: tuple[int, int, int],
    *,
    fit: str = "stretch",
    pixels: int = PIXELS,
) -> NDArray[np.uint8]:
    """The picture as uint8 ``(h, w, c)``, converted as this module's first lines say.

    Warns of what had to be guessed; ``open_picture`` gives it as data.

    Args:
        picture: A file, or the bytes of one.
        shape: Wanted ``(c, h, w)`` with 1 or 3 channels, as ``Dataset.shape`` gives it.
        fit: How it gets the wanted proportions: one of ``fit.FITS``.
        pixels: The most that its header may claim.

    Raises:
        DataError: If it is empty, damaged, too large, or of a format that is not read.
        MemoryError: If there is not enough to decode it.
    """
    picture = picture if isinstance(picture, bytes) else Path(picture)
    found = open_picture(picture, pixels=pixels)
    for note in found.notes:
        warnings.warn(f"{_name(picture)} {note}", stacklevel=2)
    return found.pixels(shape, fit)


def open_picture(picture: Path | bytes, *, pixels: int = PIXELS) -> Picture:
    """The picture, decoded, in less than 200 MB; raises ``DataError`` as ``decode`` does."""
    with _refusing(picture), opened(picture, pixels, WORKING) as image:
        deep = is_deep(image)
        image, notes = _loaded(picture, image)
        if deep and image.width * image.height <= WORKING and np.asarray(image).max() <= MOST:
            with opened(picture, pixels) as other:
                take_low_bytes(other)
                other.load()
                plain, note = joined(image, other)
        else:
            plain, note = with_levels(small(image), image)
        turned = upright(plain, image.getexif().get(ORIENTATION, 1))
        return Picture(turned, (*notes, *([note] if note else [])))


def _loaded(picture: Path | bytes, image: ImageFile) -> tuple[ImageFile, list[str]]:
    """The picture with its pixels, and what is said of those that its file lacks."""
    try:
        image.load()
    except OSError:
        found = mended(file_bytes(picture), WORKING) if image.format == "JPEG" else None
        if found is None:
            raise
        return found[0], [f"lacks its last bytes; {100 * found[1]:.1f} % of its pixels are guessed"]
    return image, []


def size(picture: Path | bytes, *, pixels: int = PIXELS) -> tuple[int, int]:
    """``(height, width)`` as the picture is seen, EXIF rotation obeyed; only its header is read.

    Raises:
        DataError: As ``decode``, if the header shows it.
    """
    with _refusing(picture), opened(picture, pixels) as image:
        sideways = image.getexif().get(ORIENTATION) in range(5, 9) and image.format != "TIFF"
        return (image.width, image.height) if sideways else (image.height, image.width)


def _name(picture: Path | bytes) -> str:
    return str(picture) if isinstance(picture, Path) else "the picture"


@contextmanager
def _refusing(picture: Path | bytes) -> Iterator[None]:
    """Turns what Pillow's decoders raise on damaged files, errors of every kind, into DataError."""
    try:
        yield
    except MemoryError:
        raise
    except DataError as error:
        values = str(error)
        raise DataError(
            values if values.startswith(_name(picture)) else f"{_name(picture)} {values}"
        ) from error
    except Exception as error:
        if not _has_room():
            raise MemoryError from error
        reason = str(error).split("<")[0].strip() or type(error).__name__
        raise DataError(
            f"{_name(picture)} cannot be decoded ({reason}); give a whole picture"
        ) from error


def _has_room() -> bool:
    """Whether a decoder has had memory enough; some of them call the want of it a damaged file."""
    try:
        np.empty(ROOM, np.uint8)
    except MemoryError:
        return False
    return True


def _with_channels(image: Image.Image, channels: int) -> NDArray[np.uint8]:
    from PIL import Image

    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    array = np.asarray(image.convert("L" if channels == 1 else "RGB"), np.uint8)
    return array.reshape(image.height, image.width, channels)
