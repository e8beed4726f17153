import numpy as np
import pytest
from PIL import Image

from thumblab.data.pictures import plain
from thumblab.data.pictures.plain import small, upright, with_levels

NOISE = np.random.default_rng(0).integers(0, 256, (90, 70, 4)).astype(np.uint8)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
def test_bands_make_what_the_whole_picture_makes(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each band ends at a whole block of pixels, so that no edge shows between two of them."""
    monkeypatch.setattr(plain, "WORKING", 1000)
    image = Image.fromarray(NOISE).convert(mode)
    wanted = (image if mode != "CMYK" else image.convert("RGB")).reduce(3)
    assert small(image).mode == wanted.mode
    assert (np.asarray(small(image)) == np.asarray(wanted)).all()


def test_deep_pictures_are_averaged_before_they_lose_their_depth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain, "WORKING", 16)
    deep = Image.fromarray((np.arange(64).reshape(8, 8) * 1000).astype(np.uint16))
    levels, note = with_levels(small(deep), deep)
    blocks = (np.arange(64) * 1000.0).reshape(4, 2, 4, 2).mean((1, 3))
    assert (np.asarray(levels) == np.rint(blocks * 255 / 65_535)).all()
    assert note is None


def test_an_opaque_picture_has_no_transparency() -> None:
    clear = Image.fromarray(NOISE)
    assert with_levels(clear, clear)[0].mode == "RGBA"
    clear.putalpha(255)
    assert with_levels(clear, clear)[0].mode == "RGB"


def test_an_unknown_orientation_turns_nothing() -> None:
    image = Image.fromarray(NOISE)
    assert upright(image, 0) is upright(image, 9) is upright(image, 1) is image
