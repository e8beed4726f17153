import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from thumblab.core.errors import DataError
from thumblab.data.pictures.picture import decode, open_picture, size

GRAY = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
PICTURE = Image.fromarray(GRAY)


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


def shallow_in(image: Image.Image, full: int) -> Image.Image:
    """Values up to ``full`` in 16 bits."""
    return Image.fromarray((np.asarray(image) * (full / 255)).round().astype(np.uint16))


def real(image: Image.Image, full: float) -> Image.Image:
    return Image.fromarray(np.asarray(image) * np.float32(full / 255))


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
    "gray png": saved(PICTURE),
    "interlaced size": saved(PICTURE, optimize=True),
    "color png": saved(PICTURE.convert("RGB")),
    "opaque png": saved(with_alpha(PICTURE.convert("RGB"))),
    "opaque gray png": saved(with_alpha(PICTURE)),
    "palette png": saved(palette(PICTURE)),
    "16-bit png": saved(deep(PICTURE)),
    "bmp": saved(PICTURE, "bmp"),
    "color bmp": saved(PICTURE.convert("RGB"), "bmp"),
    "12-bit png": saved(shallow_in(PICTURE, 4095)),
    "8 bits in 16 png": saved(shallow_in(PICTURE, 255)),
    "16-bit tiff": saved(deep(PICTURE), "tiff"),
    "8 bits in 16 tiff": saved(shallow_in(PICTURE, 255), "tiff"),
    "float tiff 0..1": saved(real(PICTURE, 1), "tiff"),
    "float tiff 0..255": saved(real(PICTURE, 255), "tiff"),
    "32-bit tiff": saved(Image.fromarray(np.asarray(PICTURE).astype(np.int32)), "tiff"),
    "tiff": saved(PICTURE, "tiff"),
    "lzw tiff": saved(PICTURE, "tiff", compression="tiff_lzw"),
    "white is zero tiff": saved(PICTURE, "tiff", tiffinfo={262: 0}),
    "white is zero 16-bit tiff": saved(deep(ImageOps.invert(PICTURE)), "tiff", tiffinfo={262: 0}),
    "transparent gray tiff": saved(with_alpha(PICTURE), "tiff"),
    "turned tiff": turned(PICTURE, 6, Image.Transpose.ROTATE_90, "tiff"),
    "pgm": saved(PICTURE, "ppm"),
    "ppm": saved(PICTURE.convert("RGB"), "ppm"),
    "plain pgm of 10 bits": b"P2 28 28 1020 "
    + b" ".join(b"%d" % (4 * level) for level in GRAY.ravel().tolist()),
    "apng": saved(PICTURE, save_all=True, append_images=[Image.new("L", (28, 28))]),
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


TOLD = {"12-bit png", "8 bits in 16 png", "8 bits in 16 tiff", "float tiff 0..255", "32-bit tiff"}


@pytest.mark.filterwarnings("ignore:the picture holds values up to")
@pytest.mark.parametrize("name", EQUAL)
def test_lossless_encodings_of_one_picture_are_equal(name) -> None:
    assert (decode(EQUAL[name], (1, 28, 28))[..., 0] == GRAY).all()
    assert (decode(EQUAL[name], (3, 28, 28)) == GRAY[..., None]).all()
    assert bool(open_picture(EQUAL[name]).notes) == (name in TOLD)
    assert size(EQUAL[name]) == (28, 28)


def test_a_guessed_range_is_told() -> None:
    with pytest.warns(UserWarning, match="holds values up to 4095, read as 0 to 4095"):
        decode(EQUAL["12-bit png"], (1, 28, 28))


@pytest.mark.parametrize("most", [1, 3, 15])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_masks_are_read_in_their_own_range(most: int, mode: str) -> None:
    """A mask of 0 and 1 would be black all over."""
    mask = (GRAY % (most + 1)).astype(np.uint8)
    told = open_picture(saved(Image.fromarray(mask).convert(mode)))
    assert told.notes == (f"has no value above {most}, read as 0 to {most}",)
    wanted = np.rint(mask * (255 / most))
    assert (told.pixels((1, 28, 28))[..., 0] == wanted).all()


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
    bits = Image.fromarray(GRAY > 128)
    assert set(decode(saved(bits), (1, 28, 28)).ravel()) == {0, 255}


def test_what_is_transparent_lies_over_white() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    clear.putpixel((1, 2), (10, 20, 30, 255))
    pixels = decode(saved(clear), (3, 4, 4))
    assert pixels[2, 1].tolist() == [10, 20, 30]
    assert (np.delete(pixels.reshape(16, 3), 9, 0) == 255).all()


def test_color_becomes_gray_by_its_luminance() -> None:
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


@pytest.mark.filterwarnings("ignore:the picture")
@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(EQUAL)), st.floats(0, 1), st.binary(min_size=1, max_size=20))
def test_damaged_pictures_are_decoded_or_refused(name, at, noise) -> None:
    data, start = EQUAL[name], int(at * len(EQUAL[name]))
    try:
        pixels = decode(data[:start] + noise + data[start + len(noise) :], (3, 8, 8))
    except DataError:
        return
    assert pixels.shape == (8, 8, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright(orientation: int) -> None:
    """The inverse of each of the eight turns, applied to the stored pixels, comes out upright."""
    back = [None, 0, 3, 1, 5, 2, 6, 4][orientation - 1]
    tall = Image.fromarray(GRAY[:, :20])
    stored = tall if back is None else tall.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(stored, exif=exif)
    assert size(data) == (28, 20)
    assert (decode(data, (1, 28, 20))[..., 0] == GRAY[:, :20]).all()


def test_a_jpeg_that_lacks_its_end_is_told() -> None:
    data = saved(PICTURE, "jpeg")
    with pytest.warns(UserWarning, match=r"the picture lacks its last bytes; 0\.0 % of its pixels"):
        pixels = decode(data[:-2], (1, 28, 28))
    assert (pixels == decode(data, (1, 28, 28))).all()


WANTING = """
import io, resource
from PIL import Image
from thumblab.data.pictures.picture import decode
def file(side):
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "webp", quality=10, method=0)
    return out.getvalue()
small, large = file(8), file(3500)
decode(small, (3, 8, 8))
used = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + 60 * 2**20,) * 2)
try:
    decode(large, (3, 8, 8))
except MemoryError:
    print("no memory")
decode(small, (3, 8, 8))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
def test_a_webp_that_needs_more_memory_than_there_is_is_not_called_damaged() -> None:
    ended = subprocess.run([sys.executable, "-c", WANTING], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "no memory\n"), ended.stderr


def test_what_cannot_be_decoded_is_damaged_only_where_memory_was_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = saved(PICTURE, "webp")[:60]
    with pytest.raises(DataError, match="cannot be decoded"):
        decode(broken, (1, 8, 8))
    monkeypatch.setattr("thumblab.data.pictures.picture.ROOM", 1 << 61)
    with pytest.raises(MemoryError):
        decode(broken, (1, 8, 8))
