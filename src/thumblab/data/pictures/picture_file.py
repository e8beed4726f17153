"""Opening picture files: what is refused by the first bytes and the header, before pixels exist."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

from thumblab.core.errors import DataError
from thumblab.data.os_errors import os_errors
from thumblab.data.pictures.formats import HEAD, NAMES, other, sniff
from thumblab.data.pictures.jpeg import open_jpeg
from thumblab.data.pictures.libtiff import silent

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

PIXELS = 16_000_000
"""A picture whose header claims more is refused before it is decoded; JPEG is not (``jpeg``)."""

FILE_BYTES = 1 << 27
"""A longer file is not read; a BMP of 16,000,000 pixels with transparency has half of it."""


@contextmanager
def opened(picture: Path | bytes, pixels: int, most: int | None = None) -> Iterator[ImageFile]:
    """The picture with its header read.

    Args:
        picture: A file, or the bytes of one.
        pixels: The most that the header may claim, of any format but JPEG.
        most: The most that a JPEG is to have once it is decoded; None for any header.

    Raises:
        DataError: If it is empty, too large, or of a format that is not read. The text lacks the
            name, unless the file cannot be read.
    """
    with warnings.catch_warnings(), _file(picture) as file:
        warnings.simplefilter("ignore")
        head = file.read(HEAD)
        file.seek(0)
        if not head:
            raise DataError("is empty (0 bytes); give a whole picture")
        kind = sniff(head)
        if kind == "JPEG":
            yield open_jpeg(file, pixels if most is None else min(pixels, most))
        else:
            with silent() if kind == "TIFF" else nullcontext():
                yield _open_other(file, kind, head, pixels)


def _open_other(file: IO[bytes], kind: str | None, head: bytes, pixels: int) -> ImageFile:
    from PIL import Image, features

    if kind is None:
        known = other(head)
        raise DataError(
            f"is not {NAMES}; convert it"
            if known is None
            else f"is {known}, which is not read; save it as PNG or JPEG"
        )
    if kind == "HEIF":
        _register_heif()
    if kind == "AVIF" and not features.check("avif"):
        raise DataError("is AVIF, which this Pillow lacks; upgrade it, or save it as PNG or JPEG")
    try:
        image = Image.open(file, formats=(kind,))
    except Image.DecompressionBombError:
        raise DataError(f"has over {pixels:,} pixels; shrink it, or save it as JPEG") from None
    sides = [image.size, _tile(image)]
    for width, height in sides:
        if width * height > pixels:
            raise DataError(
                f"is {width} x {height} pixels; shrink it to at most {pixels:,} in all, or save it as "
                "JPEG"
            )
    return image


def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise DataError(
            "is HEIC, as phones save it; install its reader with pip install pillow-heif, or save it "
            "as JPEG"
        ) from None
    pillow_heif.register_heif_opener()


def _tile(image: ImageFile) -> tuple[int, int]:
    """Width and height of a TIFF's tiles, each of which is decoded whole."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(322, 1)), int(tags.get(323, 1))


@contextmanager
def _file(picture: Path | bytes) -> Iterator[IO[bytes]]:
    if isinstance(picture, bytes):
        yield io.BytesIO(picture)
        return
    with os_errors(picture):
        if not picture.is_file():
            raise DataError(f"{picture} is no file; name a picture")
        if picture.stat().st_size > FILE_BYTES:
            raise DataError(f"{picture} has over {FILE_BYTES:,} bytes; shrink it")
        file = picture.open("rb")
    with file:
        yield file


def file_bytes(picture: Path | bytes) -> bytes:
    """All of the file."""
    with _file(picture) as file:
        return file.read()
