from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.data.drawings import photographed, pixels_of, seven

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data import (
    Characters,
    Cifar10,
    Emnist,
    FashionMnist,
    Folder,
    Glyph,
    Mnist,
    Preparation,
    preparation_of,
    prepare,
    read,
)

EMNIST = Glyph(ink=24 / 28, center="box")
SHAPE = (1, 28, 28)


def ink_box(image: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero((image > 40).any(axis)) for axis in (1, 0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def prepared(preparation: Preparation, image: Image.Image) -> np.ndarray:
    found = prepare(preparation, pixels_of(image), SHAPE)
    assert found is not None
    assert found.shape == (28, 28, 1)
    return found[..., 0]


def test_glyph_sets_declare_how_their_images_were_made() -> None:
    for source in (Characters(), Emnist(), Emnist("digits")):
        assert preparation_of(source) == EMNIST
    assert preparation_of(Mnist()) == Glyph()
    for other in (FashionMnist(), Cifar10(), Folder("x")):
        assert preparation_of(other) is None


def test_a_preparation_is_data() -> None:
    assert from_dict(to_dict(EMNIST)) == EMNIST
    with pytest.raises(UsageError, match="center"):
        Glyph(center="left")
    with pytest.raises(UsageError, match="ink is 2"):
        Glyph(ink=2)
    with pytest.raises(UsageError, match="strokes are"):
        Glyph(strokes=(0.3, 0.2))

    class Other(Preparation):
        pass

    with pytest.raises(MissingRuleError, match="register one with"):
        prepare(Other(), np.zeros((2, 2, 1), np.uint8), SHAPE)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("way", ["as it is", "photographed"])
def test_the_ink_box_has_its_size_and_place(way: str, dark: bool) -> None:
    colors = {"ink": (230, 230, 225), "ground": (30, 40, 50)} if dark else {}
    image = seven((300, 150), (150, 20, 80), **colors)
    made = prepared(EMNIST, photographed(image) if way == "photographed" else image)
    top, bottom, left, right = ink_box(made)
    assert abs(bottom - top - 24) <= 1
    assert abs(top + bottom - 28) <= 2
    assert abs(left + right - 28) <= 2
    assert made.max() == 255
    assert made[0].max() == made[:, 0].max() == 0


def test_the_center_of_mass_comes_to_lie_in_the_middle() -> None:
    made = prepared(Glyph(), seven((300, 150), (150, 20, 80))).astype(float)
    at = [float((made.sum(axis) @ (np.arange(28) + 0.5)) / made.sum()) for axis in (1, 0)]
    assert at == pytest.approx([14, 14], abs=0.6)
    top, bottom, *_ = ink_box(made)
    assert abs(bottom - top - 20) <= 1


def test_an_image_of_the_set_is_left_as_it_is() -> None:
    """Also inverted, as ink on a transparent ground, and with three channels."""
    test = read(Characters()).test
    assert test is not None
    glyphs = test.images[::10]
    same = [(prepare(EMNIST, each, SHAPE) == each).all() for each in glyphs]
    assert np.mean(same) > 0.98
    for each in glyphs[:20]:
        wanted = prepare(EMNIST, each, SHAPE)
        inverted = prepare(EMNIST, 255 - each, SHAPE)
        assert wanted is not None
        assert inverted is not None
        assert np.abs(inverted.astype(int) - wanted).max() <= 1
        clear = np.concatenate([np.zeros((28, 28, 3), np.uint8), each], 2)
        assert (prepare(EMNIST, clear, (3, 28, 28)) == wanted).all()


@pytest.mark.parametrize("place", [(0, 0), (60, 3), (30, 72)])
def test_a_glyph_on_a_large_canvas_is_only_moved(place: tuple[int, int]) -> None:
    test = read(Characters()).test
    assert test is not None
    canvas = np.zeros((100, 100, 1), np.uint8)
    glyph = test.images[130]  # a 3 with strokes of a usual width
    canvas[place[0] : place[0] + 28, place[1] : place[1] + 28] = glyph
    found = prepare(EMNIST, canvas, SHAPE)
    assert found is not None
    assert np.sort(found.ravel()).tolist() == np.sort(glyph.ravel()).tolist()


@pytest.mark.parametrize("width", [0.02, 0.05, 0.3])
def test_strokes_get_a_usual_width(width: float) -> None:
    usual = prepared(EMNIST, seven((300, 300), (50, 50, 200))) > 127
    made = prepared(EMNIST, seven((300, 300), (50, 50, 200), width=width)) > 127
    plain = Glyph(ink=24 / 28, center="box", strokes=(0, 1))
    without = prepared(plain, seven((300, 300), (50, 50, 200), width=width)) > 127
    assert abs(int(made.sum()) - int(usual.sum())) < abs(int(without.sum()) - int(usual.sum()))


def test_nothing_on_the_page_is_none(tmp_path: Path) -> None:
    assert prepare(EMNIST, np.full((50, 50, 3), 240, np.uint8), SHAPE) is None
    assert prepare(EMNIST, np.zeros((50, 50, 4), np.uint8), SHAPE) is None


@pytest.mark.parametrize("shape", [(1, 20, 40), (3, 40, 20), (1, 64, 64)])
def test_any_shape_can_be_wanted(shape: tuple[int, int, int]) -> None:
    found = prepare(EMNIST, pixels_of(seven((300, 150), (150, 20, 80))), shape)
    assert found is not None
    assert found.shape == (*shape[1:], shape[0])
    top, bottom, *_ = ink_box(found[..., 0])
    assert abs(bottom - top - min(shape[1:]) * 24 / 28) < 2
