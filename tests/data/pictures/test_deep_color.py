import struct
import zlib

import numpy as np
import pytest

from thumblab.data.pictures.picture import open_picture

COLORS = np.random.default_rng(0).integers(0, 256, (12, 15, 4)).astype(np.uint16)
COLORS[0, 0] = 255


def png(values: np.ndarray) -> bytes:
    """A PNG of 16 bits a color."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    height, width, channels = values.shape
    head = struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(values: np.ndarray, order: str) -> bytes:
    """An uncompressed TIFF of 16 bits a color, of either byte order."""
    height, width, channels = values.shape
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, channels, 200),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 220),
        (277, 3, 1, channels),
        (278, 3, 1, height),
        (279, 4, 1, values.size * 2),
    ]
    entries = b""
    for tag, kind, count, value in tags:
        short = kind == 3 and count == 1
        held = struct.pack(f"{order}HH", value, 0) if short else struct.pack(f"{order}I", value)
        entries += struct.pack(f"{order}HHI", tag, kind, count) + held
    head = mark + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4)
    bits = struct.pack(f"{order}{channels}H", *[16] * channels)
    return (head.ljust(200, b"\0") + bits).ljust(220, b"\0") + values.astype(f"{order}u2").tobytes()


@pytest.mark.parametrize("full", [255, 4095, 65_535])
@pytest.mark.parametrize("kind", ["png", "png with opacity", "tiff <", "tiff >"])
def test_colors_of_16_bits_have_the_range_of_their_values(kind: str, full: int) -> None:
    """Holding 8 bits, all of them were black: their high bytes are 0."""
    values = (COLORS.astype(int) * full // 255).astype(np.uint16)
    values = values if "opacity" in kind else values[..., :3]
    data = png(values) if kind.startswith("png") else tiff(values, kind[-1])
    found = open_picture(data)
    wanted = np.rint(values * (255 / full)).astype(int)
    assert np.abs(np.asarray(found.image).astype(int) - wanted).max() <= 1
    told = (f"holds values up to {full}, read as 0 to {full}",)
    assert found.notes == (told if full < 65_535 else ())
