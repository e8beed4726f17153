import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.data.drawings import photographed, pixels_of, seven

from thumblab.data.pictures.glyph import Box, find_glyph, resized


def box(share: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero((share > 0.5).any(axis)) for axis in (1, 0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def shape(share: np.ndarray) -> np.ndarray:
    """The ink's box in 20 x 20 pixels."""
    top, bottom, left, right = box(share)
    return resized(share, (20, 20), Box(top, bottom, left, right)) > 0.5


CLEAN = find_glyph(pixels_of(seven((200, 200), (20, 20, 160))))


@pytest.mark.parametrize(
    "picture",
    [
        photographed(seven((300, 240), (90, 40, 130))),
        photographed(seven((300, 240), (20, 20, 60)), 1),
        photographed(seven((200, 200), (20, 20, 160)), 2, shadow=0.5),
        photographed(seven((300, 240), (90, 40, 130), ink=(235, 235, 230), ground=(40, 60, 50))),
        photographed(seven((300, 240), (90, 40, 130), ground=(250, 220, 90)), 3),
        seven((900, 900), (800, 30, 60)),
    ],
    ids=["photo", "small", "deep shadow", "chalk", "yellow paper", "tiny"],
)
def test_one_character_is_found_on_many_grounds(picture: Image.Image) -> None:
    assert CLEAN is not None
    found = find_glyph(pixels_of(picture))
    assert found is not None
    assert (shape(found.share) == shape(CLEAN.share)).mean() > 0.85


def test_a_card_on_a_desk_is_not_the_character() -> None:
    desk = Image.new("RGB", (480, 420), (96, 66, 44))
    desk.paste(photographed(seven((260, 220), (60, 30, 150))), (120, 90))
    found = find_glyph(pixels_of(desk))
    assert CLEAN is not None
    assert found is not None
    assert (shape(found.share) == shape(CLEAN.share)).mean() > 0.85


def test_lines_of_the_paper_are_no_strokes() -> None:
    paper = seven((300, 300), (60, 60, 180))
    pen = ImageDraw.Draw(paper)
    lined = Image.new("RGB", (300, 300), (240, 240, 235))
    for at in range(10, 300, 25):
        ImageDraw.Draw(lined).line([(0, at), (300, at)], (170, 190, 225), 1)
        ImageDraw.Draw(lined).line([(at, 0), (at, 300)], (170, 190, 225), 1)
    lined.paste(paper, mask=paper.convert("L").point(lambda level: 255 * (level < 100)))
    del pen
    found = find_glyph(pixels_of(photographed(lined)))
    assert CLEAN is not None
    assert found is not None
    assert (shape(found.share) == shape(CLEAN.share)).mean() > 0.85


def test_specks_and_what_touches_the_border_are_left_out() -> None:
    drawn = seven((200, 200), (60, 60, 80))
    wanted = find_glyph(pixels_of(drawn))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 180, 40, 200), (10, 10, 10))
    pen.rectangle((15, 15, 17, 17), (10, 10, 10))
    found = find_glyph(pixels_of(photographed(drawn, shadow=0)))
    assert wanted is not None
    assert found is not None
    assert (shape(found.share) == shape(wanted.share)).mean() > 0.85


def test_an_empty_page_has_no_character() -> None:
    page = Image.new("RGB", (300, 200), (230, 230, 230))
    assert find_glyph(pixels_of(page)) is None
    assert find_glyph(pixels_of(photographed(page, shadow=0))) is None


@pytest.mark.parametrize("sides", [(1, 1), (1, 9), (3, 2), (40, 1)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_tiny_pictures_do_no_harm(sides: tuple[int, int], channels: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*sides, channels)).astype(np.uint8)
    found = find_glyph(noise)
    assert found is None or np.isfinite(found.share).all()


def test_boxes_grow_inside_their_picture_and_move() -> None:
    small = Box(2, 6, 3, 5)
    assert small.longer == 4
    assert small.grown(3, (8, 20)) == Box(0, 8, 0, 8)
    assert small.moved(2, 1, 0) == Box(5, 13, 6, 10)
    assert small.alike(Box(2.3, 6, 3, 5))
    assert not small.alike(Box(2.5, 6, 3, 5))
