"""Any picture file as pixels of a wanted shape: the conversion that training and prediction share.

In this order: the first frame is taken; the EXIF rotation is obeyed; 16-bit grey keeps its high
byte; the picture is stretched to the wanted sides by Pillow's bilinear filter, which averages when
it shrinks; what is transparent is laid over white; colour becomes grey as 0.299 R + 0.587 G +
0.114 B (ITU-R BT.601), grey becomes three equal channels. CMYK and palettes become RGB first;
colour profiles are not applied. Polarity (dark on light or light on dark) is left as it is.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.data.readable import readable

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"})

PIXELS = 16_000_000
"""A picture whose header claims more is refused before it is decoded."""

FILE_BYTES = 1 << 27
"""A longer file is not read; a BMP of 16,000,000 pixels with transparency has half of it."""

EXIF_ORIENTATION = 0x0112


def decode(
    picture: Path | bytes, shape: tuple[int, int, int], *, pixels: int = PIXELS
) -> NDArray[np.uint8]:
    """The picture as uint8 ``(h, w, c)``, converted as this module's first lines say.

    Args:
        picture: A file, or the bytes of one.
        shape: Wanted ``(c, h, w)`` with 1 or 3 channels, as ``Dataset.shape`` gives it.
        pixels: The most that its header may claim.

    Raises:
        DataError: If it is empty, truncated, too large, or not PNG, JPEG, WebP, BMP or GIF.
    """
    from PIL import Image, ImageOps

    channels, height, width = shape
    with _refusing(picture), _opened(picture, pixels) as image:
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        small = _plain(image).resize((width, height), Image.Resampling.BILINEAR)
    return _with_channels(small, channels)


def size(picture: Path | bytes, *, pixels: int = PIXELS) -> tuple[int, int]:
    """``(height, width)`` as the picture is seen, EXIF rotation obeyed; only its header is read.

    Raises:
        DataError: As ``decode``, if the header shows it.
    """
    with _refusing(picture), _opened(picture, pixels) as image:
        sideways = image.getexif().get(EXIF_ORIENTATION) in range(5, 9)
        return (image.width, image.height) if sideways else (image.height, image.width)


def is_picture(path: Path) -> bool:
    """Whether the file's suffix is that of a format we read."""
    return path.suffix.lower() in SUFFIXES


def find(paths: Iterable[Path]) -> list[Path]:
    """Every picture among ``paths`` and inside the folders among them, sorted within a folder.

    A file that is named itself is kept whatever its suffix. Hidden files and folders are passed
    over, and links to folders are not followed.

    Raises:
        DataError: If a path does not exist, or a folder cannot be read.
    """
    found: list[Path] = []
    for path in paths:
        with readable(path):
            if path.is_dir():
                found += _inside(path)
            elif path.exists():
                found.append(path)
            else:
                raise DataError(f"{path} does not exist; name a picture or a folder of pictures")
    return found


def _inside(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DataError(f"{error.filename} cannot be read ({error.strerror}); check its rights")

    found = []
    for where, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(where, name) for name in files if not name.startswith("."))
        found += [path for path in paths if is_picture(path)]
    return sorted(found)


def _name(picture: Path | bytes) -> str:
    return str(picture) if isinstance(picture, Path) else "the picture"


@contextmanager
def _refusing(picture: Path | bytes) -> Iterator[None]:
    """Turns what Pillow's decoders raise on damaged files, errors of every kind, into DataError."""
    try:
        yield
    except (DataError, MemoryError):
        raise
    except Exception as error:
        reason = str(error).split("<")[0].strip() or type(error).__name__
        raise DataError(
            f"{_name(picture)} cannot be decoded ({reason}); give a whole picture"
        ) from error


def _opened(picture: Path | bytes, pixels: int) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    data, name = _bytes(picture), _name(picture)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError:
            raise DataError(f"{name} is not PNG, JPEG, WebP, BMP or GIF; convert it") from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise DataError(f"{name} has over {pixels:,} pixels; shrink it") from None
    if image.width * image.height > pixels:
        raise DataError(
            f"{name} is {image.width} x {image.height} pixels; shrink it to at most {pixels:,} "
            "in all"
        )
    return image


def _bytes(picture: Path | bytes) -> bytes:
    if isinstance(picture, bytes):
        data = picture
    else:
        with readable(picture):
            if not picture.is_file():
                raise DataError(f"{picture} is no file; name a picture")
            if picture.stat().st_size > FILE_BYTES:
                raise DataError(f"{picture} has over {FILE_BYTES:,} bytes; shrink it")
            data = picture.read_bytes()
    if not data:
        raise DataError(f"{_name(picture)} is empty (0 bytes); give a whole picture")
    return data


def _plain(image: Image.Image) -> Image.Image:
    """The picture in mode L, RGB or, where something is transparent, RGBA."""
    from PIL import Image

    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.int64)
        return Image.fromarray((deep.clip(0, 65_535) >> 8).astype(np.uint8))
    grey = "L" if image.mode in ("L", "1") else "RGB"
    mode = "RGBA" if image.has_transparency_data else grey
    return image if image.mode == mode else image.convert(mode)


def _with_channels(image: Image.Image, channels: int) -> NDArray[np.uint8]:
    from PIL import Image

    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    array = np.asarray(image.convert("L" if channels == 1 else "RGB"), np.uint8)
    return array.reshape(image.height, image.width, channels)
