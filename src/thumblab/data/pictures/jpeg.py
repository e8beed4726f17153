"""JPEG files of any size in little memory, and those that lack their last bytes.

A large one is decoded at a half, a quarter or an eighth of its sides: libjpeg then computes only
the low frequencies of each block (Wallace 1992, "The JPEG still picture compression standard").
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

SCALES = (1, 2, 4, 8)
"""What the sides can be divided by while decoding."""

COEFFICIENT_BYTES = 150_000_000
"""The most that a file of several scans, whose coefficients are all kept until its end, may take."""

MISSING_SHARE = 0.02
"""The largest share of its pixels that a file may lack."""

MISSING_PIXELS = 64
"""So many may be missing whatever their share: the last block."""

_END = b"\xff\xd9"
_VISIBLE = 8


def open_jpeg(file: IO[bytes], most: int) -> JpegImageFile:
    """The first picture in a JPEG or MPO file, set to be decoded to ``most`` pixels or fewer.

    Raises:
        DataError: If that is impossible, or would take too much memory.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    image = JpegImageFile(file)
    width, height = image.size
    scale = next((each for each in SCALES if width * height <= most * each**2), None)
    if scale is None:
        raise DataError(
            f"is {width} x {height} pixels; shrink it to at most {most * SCALES[-1] ** 2:,} in all"
        )
    kept = _coefficient_bytes(image)
    if kept > COEFFICIENT_BYTES and (image.info.get("progressive") or _scans(file, image) > 1):
        raise DataError(
            f"is a progressive JPEG of {width} x {height} pixels, which takes {kept / 1e6:.0f} MB to "
            "decode; save it without progressive, or smaller"
        )
    if scale > 1:
        image.draft(None, (width // scale, height // scale))
    return image


def _coefficient_bytes(image: JpegImageFile) -> int:
    """Two bytes for each sample of each component."""
    across = max((layer[1] for layer in image.layer), default=1) or 1
    down = max((layer[2] for layer in image.layer), default=1) or 1
    pixels = image.width * image.height
    return sum(2 * pixels * layer[1] * layer[2] // (across * down) for layer in image.layer)


def _scans(file: IO[bytes], image: JpegImageFile) -> int:
    """1 if the first scan, whose header has just been read, holds every component; else 2."""
    count = len(image.layer)
    length = 6 + 2 * count
    file.seek(max(0, file.tell() - length))
    return 1 if file.read(3) == length.to_bytes(2, "big") + bytes([count]) else 2


def mended(data: bytes, most: int) -> tuple[JpegImageFile, float] | None:
    """A decoded picture whose file lacks its last few bytes, and the share of it that is guessed.

    Those pixels are guessed that change with what is put in place of the missing bytes. None if
    that are too many, or the file has its end.
    """
    if data.rstrip(b"\0").endswith(_END):
        return None
    filler = bytes(37 * i % 251 for i in range(251)) * (len(data) // 251 + 1)
    image, changed = (_decoded(data + more + _END, most) for more in (b"", filler))
    differs = np.abs(_array(image) - _array(changed)) > _VISIBLE
    missing = differs.reshape(*differs.shape[:2], -1).any(2)
    few = max(MISSING_SHARE * missing.size, MISSING_PIXELS)
    return (image, float(missing.mean())) if missing.sum() <= few else None


def _decoded(data: bytes, most: int) -> JpegImageFile:
    image = open_jpeg(io.BytesIO(data), most)
    image.load()
    return image


def _array(image: JpegImageFile) -> NDArray[np.int16]:
    return np.asarray(image).astype(np.int16)
