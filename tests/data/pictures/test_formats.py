import io

import pytest
from PIL import Image, features

from thumblab.data.pictures.formats import FORMATS, HEAD, SUFFIXES, is_picture_content, other, sniff

SAVED = {
    "PNG": ("png", ".png"),
    "JPEG": ("jpeg", ".jfif"),
    "WEBP": ("webp", ".webp"),
    "BMP": ("bmp", ".dib"),
    "GIF": ("gif", ".gif"),
    "TIFF": ("tiff", ".tif"),
    "PPM": ("ppm", ".pnm"),
    "AVIF": ("avif", ".avif"),
}


def head(kind: str, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (3, 2)).save(out, kind)
    return out.getvalue()[:HEAD]


@pytest.mark.parametrize("name", SAVED)
def test_every_format_is_known_by_its_first_bytes(name: str) -> None:
    kind, suffix = SAVED[name]
    if name == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    assert sniff(head(kind)) == name
    assert is_picture_content(head(kind))
    assert suffix in SUFFIXES


def test_every_format_has_an_example() -> None:
    assert set(FORMATS) == {*SAVED, "HEIF"}


def test_several_jpegs_in_one_file_are_jpeg() -> None:
    assert sniff(head("mpo")) == "JPEG"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc"])
def test_heif_has_many_brands(brand: bytes) -> None:
    assert sniff(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic") == "HEIF"
    assert sniff(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1avif") == (
        "AVIF" if brand == b"mif1" else "HEIF"
    )


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_netpbm_has_many_kinds(mode: str) -> None:
    assert sniff(head("ppm", mode)) == "PPM"


@pytest.mark.parametrize(
    "data", [b"", b"P4", b"P9 1 1", b"BMW is a car", b"II*", b"class,file\n", b"RIFF\0\0\0\0WAVE"]
)
def test_other_files_are_no_pictures(data: bytes) -> None:
    assert sniff(data) is None
    assert other(data) is None


def test_pictures_that_are_not_read_are_named() -> None:
    assert other(b"8BPS\0\1") == "Photoshop"
    assert other(b'<?xml version="1.0"?>\n<svg>') == "SVG"
    assert other(b"\0\0\0\x20ftypisom") == "a film"
