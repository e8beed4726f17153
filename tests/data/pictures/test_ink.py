import numpy as np
import pytest
from PIL import Image
from tests.data.drawings import photographed, pixels_of, seven

from thumblab.data.pictures.ink import blurred, find_ink, gray, grounds, largest, strong, width


def test_the_ink_of_a_drawing_is_exact() -> None:
    level = np.full((20, 20), 200, np.float32)
    level[8:12, 5:15] = 50
    level[12, 5:15] = 125
    ink = find_ink(level, None)
    assert ink is not None
    assert ink.even
    assert (ink.share[8:12, 5:15] == 1).all()
    np.testing.assert_allclose(ink.share[12, 5:15], 0.5)
    assert ink.share.sum() == pytest.approx(45)
    assert ink.depth == pytest.approx(0.75)
    other = find_ink(255 - level, None)
    assert other is not None
    np.testing.assert_allclose(other.share, ink.share, atol=1e-6)


def test_an_uneven_ground_is_no_ink() -> None:
    """A lamp at one side and a shadow leave the strokes what they are."""
    drawn = seven((120, 120), (20, 20, 80))
    wanted = find_ink(gray(pixels_of(drawn))[0], None)
    found = find_ink(gray(pixels_of(photographed(drawn)))[0], 40)
    assert wanted is not None
    assert found is not None
    assert not found.even
    assert ((found.share > 0.5) != (wanted.share > 0.5)).mean() < 0.02


@pytest.mark.parametrize("noise", [0, 5])
def test_an_empty_page_has_no_ink(noise: int) -> None:
    page = Image.new("RGB", (90, 90), (230, 230, 230))
    assert find_ink(gray(pixels_of(page))[0], None) is None
    level = np.random.default_rng(0).normal(200, noise, (90, 90)).astype(np.float32)
    assert find_ink(level, 30) is None


def test_the_ground_is_dark_or_light() -> None:
    drawn = photographed(seven((120, 120), (20, 20, 80)), shadow=0)
    level = gray(pixels_of(drawn))[0]
    assert grounds(level) == (False,)
    assert grounds(255 - level) == (True,)


def test_the_color_with_the_most_contrast_is_taken() -> None:
    """Blue on black has 11 % of white's luminance, and all of its blue."""
    drawn = pixels_of(seven((40, 40), (0, 0, 40), ink=(0, 0, 255), ground=(0, 0, 0)))
    level, ink = gray(drawn)
    assert ink is None
    assert level.max() == 255
    plain = pixels_of(seven((40, 40), (0, 0, 40), ink=(255, 255, 255), ground=(0, 0, 0)))
    assert (gray(plain)[0] == level).all()


def test_opacity_is_ink_where_the_opaque_has_one_color() -> None:
    for color in ((0, 0, 0), (255, 255, 255), (30, 90, 200)):
        clear = pixels_of(seven((40, 40), (0, 0, 40), ink=(*color, 255), ground=(9, 9, 9, 0)))
        ink = gray(clear)[1]
        assert ink is not None
        assert ((ink.share == 1) == (clear[..., 3] == 255)).all()
    hole = clear.copy()
    hole[..., 3] = 255 - hole[..., 3]
    hole[..., :3] = 80
    ink = gray(hole)[1]
    assert ink is not None
    assert ((ink.share == 1) == (hole[..., 3] == 0)).all()


def test_a_card_on_a_transparent_ground_is_a_picture() -> None:
    card = Image.new("RGBA", (80, 60))
    card.paste(seven((50, 40), (5, 0, 40)), (10, 10))
    level, ink = gray(pixels_of(card))
    assert ink is None
    assert level.shape == (40, 50)
    assert gray(np.zeros((4, 4, 4), np.uint8))[0].tolist() == [[0] * 4] * 4


def test_the_width_of_a_bar_is_its_width() -> None:
    bar = np.zeros((60, 60), np.float32)
    bar[5:55, 20:28] = 1
    assert width(bar) == pytest.approx(2 * 400 / (2 * (50 + 8)), rel=0.05)


def test_the_largest_around_each_pixel() -> None:
    values = np.zeros((9, 9), np.float32)
    values[4, 4] = 1
    for window in (1, 2, 3, 5, 8):
        assert largest(values, window).sum() == window**2
    assert (-largest(-largest(values, 3), 3) == values).all()  # a closing keeps one bright pixel


def test_blurring_keeps_what_is_even() -> None:
    np.testing.assert_allclose(blurred(np.full((5, 7), 3.0), 2), 3)
    assert blurred(np.eye(9), 1).sum() == pytest.approx(9)


def test_the_strongest_are_averaged() -> None:
    values = np.zeros((100, 100))
    values[:6, :8] = 0.5
    assert strong(values) == 0.5
