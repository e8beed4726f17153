import io
import resource
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data.pictures import picture_file
from thumblab.data.pictures.picture import decode, size

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8))


def saved(image: Image.Image, kind: str = "png", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(width: int, height: int, depth: int, kind: int, laced: int = 0, rows: int = 1) -> bytes:
    """A PNG whose header claims a size, with ``rows`` of its rows, all zero; 31 kB at most."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, laced)
    each = 1 + -(-width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind] // 8)
    palette = chunk(b"PLTE", bytes(768)) + chunk(b"tRNS", bytes(256)) if kind == 3 else b""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(bytes(each)) for _ in range(rows)) + pack.flush()
    body = chunk(b"IHDR", head) + palette + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [4001, 10_000, 60_000])
def test_bombs_are_refused_by_their_header(side: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for look in (lambda data: decode(data, (3, 32, 32)), size):
            with pytest.raises(DataError, match=r"shrink it"):
                look(png(side, side, 8, 0))
    with pytest.raises(DataError, match="is 30 x 30 pixels; shrink it to at most 800 in all"):
        decode(png(30, 30, 8, 0), (3, 32, 32), pixels=800)


LEAST = """
import resource, sys
from pathlib import Path
import numpy as np
from PIL import Image, PngImagePlugin, JpegImagePlugin, TiffImagePlugin, WebPImagePlugin
from thumblab.data.pictures.picture import decode
decode(Path(sys.argv[1]), (3, 32, 32))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
decode(Path(sys.argv[2]), (3, 32, 32))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""

LARGE = {
    "palette with transparency": lambda: png(4000, 4000, 8, 3, rows=4000),
    "RGBA of 16 bits": lambda: png(4000, 4000, 16, 6, rows=4000),
    "gray of 16 bits": lambda: png(4000, 4000, 16, 0, rows=4000),
    "interlaced RGBA": lambda: png(4000, 4000, 8, 6, 1, rows=9000),
    "WebP": lambda: saved(Image.new("RGBA", (4000, 4000), (1, 2, 3, 4)), "webp", method=0),
    "JPEG of 200 million pixels": lambda: saved(Image.new("L", (20_000, 10_000), 99), "jpeg"),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_pictures_take_less_than_200_mb(name: str, tmp_path: Path) -> None:
    """A palette of 31 kB once took 500 MB."""
    (tmp_path / "small.png").write_bytes(saved(PICTURE))
    (tmp_path / "large").write_bytes(LARGE[name]())
    command = [sys.executable, "-c", LEAST, tmp_path / "small.png", tmp_path / "large"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) < 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"p\.png is empty \(0 bytes\)"),
        (b"hello, I am text", r"p\.png is not PNG, JPEG, WebP, .* or HEIC; convert it"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", r"p\.png is SVG, which is not read; save"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", r"p\.png is JPEG 2000, which is not read"),
        (saved(PICTURE, "ico", sizes=[(16, 16)]), r"p\.png is an icon, which is not read"),
        (png(900, 900, 8, 0)[:-30], r"p\.png cannot be decoded \(.*\); give a whole picture"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(data)
    with pytest.raises(DataError, match=message):
        decode(tmp_path / "p.png", (3, 32, 32))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "tiff"])
@pytest.mark.parametrize("tenths", range(1, 10))
def test_truncated_pictures_are_refused(kind: str, tenths: int) -> None:
    data = saved(PICTURE.convert("RGB"), kind)
    with pytest.raises(DataError, match=r"the picture (cannot be decoded|is not PNG)"):
        decode(data[: len(data) * tenths // 10], (3, 32, 32))


def test_heic_is_read_by_its_plug_in_or_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    with pytest.raises(DataError, match=r"is HEIC, .* pip install pillow-heif, or save it as JPEG"):
        decode(heic, (3, 8, 8))

    class PlugIn:
        registered = False

        def register_heif_opener(self) -> None:
            self.registered = True

    monkeypatch.setitem(sys.modules, "pillow_heif", plug_in := PlugIn())
    with pytest.raises(DataError, match="cannot be decoded"):  # the stub registers no decoder
        decode(heic, (3, 8, 8))
    assert plug_in.registered


def test_a_tile_counts_as_it_is_decoded_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_file, "_tile", lambda image: (50_000, 50_000))
    with pytest.raises(DataError, match="is 50000 x 50000 pixels"):
        decode(saved(PICTURE, "tiff"), (1, 8, 8))


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no file; name a picture"):
        decode(tmp_path, (3, 8, 8))


def test_decoding_leaves_limits_alone() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS), Image.MAX_IMAGE_PIXELS
    decode(saved(PICTURE, "jpeg"), (1, 8, 8))
    assert before == (resource.getrlimit(resource.RLIMIT_AS), Image.MAX_IMAGE_PIXELS)
