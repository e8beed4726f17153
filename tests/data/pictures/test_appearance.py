import numpy as np
import pytest

from thumblab.core.value import from_dict, to_dict
from thumblab.data import Characters, read
from thumblab.data.pictures.appearance import Appearance, appearance_of, departures, measure

GLYPHS = read(Characters()).train.images[::20]
USUAL = appearance_of(GLYPHS)


def test_measures_are_what_they_say() -> None:
    image = np.full((1, 10, 20, 1), 51, np.uint8)
    image[0, 2:4, 4:8] = 255
    border, contrast, covered, down, across = measure(image)[0]
    assert border == pytest.approx(0.2)
    assert contrast == pytest.approx(0.8)
    assert covered == pytest.approx(0.8 * 8 / 200)
    assert (down, across) == (pytest.approx(0.3), pytest.approx(0.3))


def test_the_ranges_are_data() -> None:
    assert from_dict(to_dict(USUAL)) == USUAL
    assert USUAL.border == (0, 0)


def test_images_like_those_trained_on_are_not_told() -> None:
    test = read(Characters()).test
    assert test is not None
    assert sum(map(bool, departures(USUAL, test.images))) <= 10  # of 1,880


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda glyph: 255 - glyph, r"has a border of level 255 \(training images: 0\)"),
        (lambda glyph: glyph // 4, r"spans levels of 63 \(training images: 255\)"),
        (lambda glyph: np.pad(glyph[::4, ::4], ((9, 12), (9, 12), (0, 0))), "is drawn on in"),
        (lambda glyph: np.roll(glyph, 8, 1), "is centered in percent of height and width"),
    ],
)
def test_each_departure_is_told(change, words: str) -> None:
    """Dark on light, pale, small, and off center: what a network answers all the same."""
    changed = np.stack([change(glyph) for glyph in GLYPHS[::10]])
    told = departures(USUAL, changed)
    assert np.mean([bool(each) for each in told]) > 0.7
    assert any(np.char.startswith(" ".join(each), words.split(r"\(")[0]) for each in told)


def test_photographs_of_all_kinds_leave_nothing_to_tell() -> None:
    rng = np.random.default_rng(0)
    levels = rng.uniform(0, 255, (400, 1, 1, 3)) + rng.normal(0, 60, (400, 16, 16, 3))
    images = levels.clip(0, 255).astype(np.uint8)
    assert sum(map(bool, departures(appearance_of(images), 255 - images))) < 8


def test_few_images_are_enough() -> None:
    assert isinstance(appearance_of(GLYPHS[:1]), Appearance)
