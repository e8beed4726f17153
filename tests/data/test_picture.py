import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data.picture import decode, find, is_picture, size

GREY = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
PICTURE = Image.fromarray(GREY)


def saved(image: Image.Image, kind: str = "png", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_alpha(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putalpha(255)
    return image


def deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)


def palette(image: Image.Image) -> Image.Image:
    coded = Image.fromarray(255 - np.asarray(image)).convert("P")
    coded.putpalette([255 - i // 3 for i in range(768)])
    return coded


def turned(image: Image.Image, orientation: int, way: Image.Transpose, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(
        image.transpose(way), kind, exif=exif, **({"lossless": True} if kind == "webp" else {})
    )


EQUAL = {
    "grey png": saved(PICTURE),
    "interlaced size": saved(PICTURE, optimize=True),
    "colour png": saved(PICTURE.convert("RGB")),
    "opaque png": saved(with_alpha(PICTURE.convert("RGB"))),
    "opaque grey png": saved(with_alpha(PICTURE)),
    "palette png": saved(palette(PICTURE)),
    "16-bit png": saved(deep(PICTURE)),
    "bmp": saved(PICTURE, "bmp"),
    "colour bmp": saved(PICTURE.convert("RGB"), "bmp"),
    "gif": saved(PICTURE, "gif"),
    "gif of two frames": saved(
        PICTURE, "gif", save_all=True, append_images=[Image.new("L", (28, 28))]
    ),
    "webp": saved(PICTURE.convert("RGB"), "webp", lossless=True),
    "opaque webp": saved(with_alpha(PICTURE.convert("RGB")), "webp", lossless=True),
    "turned png": turned(PICTURE, 6, Image.Transpose.ROTATE_90, "png"),
    "turned webp": turned(PICTURE.convert("RGB"), 8, Image.Transpose.ROTATE_270, "webp"),
    "mirrored png": turned(PICTURE, 2, Image.Transpose.FLIP_LEFT_RIGHT, "png"),
}


@pytest.mark.parametrize("name", EQUAL)
def test_lossless_encodings_of_one_picture_are_equal(name) -> None:
    assert (decode(EQUAL[name], (1, 28, 28))[..., 0] == GREY).all()
    assert (decode(EQUAL[name], (3, 28, 28)) == GREY[..., None]).all()


@pytest.mark.parametrize(
    "data",
    [
        saved(PICTURE, "jpeg", quality=95),
        saved(PICTURE.convert("RGB"), "jpeg", quality=95),
        saved(PICTURE.convert("CMYK"), "jpeg", quality=95),
        saved(PICTURE.convert("RGB"), "webp", quality=95),
    ],
)
def test_lossy_encodings_are_near(data) -> None:
    smooth = np.asarray(PICTURE.resize((14, 14), Image.Resampling.BILINEAR)).astype(int)
    assert np.abs(decode(data, (1, 14, 14))[..., 0] - smooth).mean() < 12


def test_a_black_and_white_picture_has_two_levels() -> None:
    bits = Image.fromarray(GREY > 128)
    assert set(decode(saved(bits), (1, 28, 28)).ravel()) == {0, 255}


def test_what_is_transparent_lies_over_white() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    clear.putpixel((1, 2), (10, 20, 30, 255))
    pixels = decode(saved(clear), (3, 4, 4))
    assert pixels[2, 1].tolist() == [10, 20, 30]
    assert (np.delete(pixels.reshape(16, 3), 9, 0) == 255).all()


def test_colour_becomes_grey_by_its_luminance() -> None:
    red = Image.new("RGB", (2, 2), (255, 0, 0))
    assert (decode(saved(red), (1, 2, 2)) == 76).all()


def test_shrinking_averages() -> None:
    board = Image.fromarray(np.indices((64, 64)).sum(0).astype(np.uint8) % 2 * 255)
    assert np.abs(decode(saved(board), (1, 8, 8)).astype(int) - 127).max() < 8


def test_shape_is_height_then_width() -> None:
    wide = saved(Image.new("L", (40, 20)))
    assert decode(wide, (3, 5, 9)).shape == (5, 9, 3)
    assert size(wide) == (20, 40)
    assert size(EQUAL["turned png"]) == (28, 28)
    assert (
        size(turned(Image.new("L", (40, 20)), 6, Image.Transpose.ROTATE_90, "png"))
        == (40, 20)[::-1]
    )


def test_one_pixel_fills_the_shape() -> None:
    assert (decode(saved(Image.new("L", (1, 1), 9)), (1, 28, 28)) == 9).all()


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header claims a size and whose pixels hardly begin."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [4001, 10_000, 60_000])
def test_bombs_are_refused_by_their_header(side) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for look in (lambda data: decode(data, (3, 32, 32)), size):
            with pytest.raises(
                DataError, match=r"4001 x 4001 pixels; shrink it|has over 16,000,000"
            ):
                look(bomb(side, side))
    with pytest.raises(DataError, match="is 30 x 30 pixels; shrink it to at most 800 in all"):
        decode(bomb(30, 30), (3, 32, 32), pixels=800)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"p\.png is empty \(0 bytes\)"),
        (b"hello, I am text", r"p\.png is not PNG, JPEG, WebP, BMP or GIF; convert it"),
        (saved(PICTURE, "tiff"), r"p\.png is not PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", r"p\.png is not PNG"),
        (bomb(900, 900), r"p\.png cannot be decoded \(.*\); give a whole picture"),
    ],
)
def test_what_is_no_picture_is_named(data, message, tmp_path) -> None:
    (tmp_path / "p.png").write_bytes(data)
    with pytest.raises(DataError, match=message):
        decode(tmp_path / "p.png", (3, 32, 32))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp"])
@pytest.mark.parametrize("tenths", range(1, 10))
def test_truncated_pictures_are_refused(kind, tenths) -> None:
    data = saved(PICTURE.convert("RGB"), kind)
    with pytest.raises(DataError, match=r"the picture (cannot be decoded|is not PNG)"):
        decode(data[: len(data) * tenths // 10], (3, 32, 32))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(EQUAL)), st.floats(0, 1), st.binary(min_size=1, max_size=20))
def test_damaged_pictures_are_decoded_or_refused(name, at, noise) -> None:
    data, start = EQUAL[name], int(at * len(EQUAL[name]))
    try:
        pixels = decode(data[:start] + noise + data[start + len(noise) :], (3, 8, 8))
    except DataError:
        return
    assert pixels.shape == (8, 8, 3)


def test_pictures_are_known_by_suffix() -> None:
    assert is_picture(Path("a/b.JPeG"))
    assert not is_picture(Path("a/b.txt"))
    assert not is_picture(Path("png"))


def test_find_expands_folders_and_keeps_named_files(tmp_path) -> None:
    for name in (
        "b/2.png",
        "b/1.jpg",
        "b/deep/0.gif",
        "b/.hidden.png",
        "b/.git/x.png",
        "b/x.txt",
        "n",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    found = find([tmp_path / "n", tmp_path / "b"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "n",
        "b/1.jpg",
        "b/2.png",
        "b/deep/0.gif",
    ]
    with pytest.raises(DataError, match="does not exist; name a picture or a folder"):
        find([tmp_path / "gone"])


def test_a_folder_is_no_picture(tmp_path) -> None:
    with pytest.raises(DataError, match="is no file; name a picture"):
        decode(tmp_path, (3, 8, 8))
