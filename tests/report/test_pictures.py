from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from tests.report.conftest import Writer, dataset_of
from thumblab.report.judged import Judged, judged
from thumblab.report.pictures import IN_A_CELL, Album, instructive, of_cell, worst


def judge(write_run: Writer, **options: Any) -> Judged:
    dataset = dataset_of(("a", "b", "c"), **options)
    found = judged(write_run(dataset), dataset)
    assert found is not None
    return found


def sheet(album: Album) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(album.uri.partition(",")[2])))


def test_grey_images_lie_where_the_page_looks_and_lose_nothing(write_run: Writer) -> None:
    found = judge(write_run)
    album = Album(found)
    pixels = np.asarray(sheet(album).convert("L"))
    for row in album.rows:
        picture = album.picture(int(row))
        assert picture is not None
        top, left = picture.row * album.high, picture.column * album.wide
        cut = pixels[top : top + album.high, left : left + album.wide]
        np.testing.assert_array_equal(cut, found.images[row][:, :, 0])


def test_colour_images_are_kept_in_colour(write_run: Writer) -> None:
    album = Album(judge(write_run, shape=(8, 8, 3)))
    assert sheet(album).mode == "RGB"
    assert sheet(album).size == (8 * album.columns, 8 * album.lines)


def test_large_images_are_made_smaller(write_run: Writer) -> None:
    album = Album(judge(write_run, n=12, shape=(150, 70, 3)))
    assert (album.high, album.wide) == (50, 24)
    assert album.zoom == 1


def test_the_worst_come_first_and_are_wrong(write_run: Writer) -> None:
    found = judge(write_run)
    rows = worst(found, 10)
    assert (found.labels[rows] != found.guesses[rows]).all()
    assert (np.diff(found.losses[rows]) <= 0).all()
    wrong = found.losses[found.labels != found.guesses]
    np.testing.assert_array_equal(found.losses[rows], np.sort(wrong)[::-1][:10])


def test_every_cell_has_its_turn_before_any_has_a_second(write_run: Writer) -> None:
    found = judge(write_run, n=900)
    rows = instructive(found, 10**6)
    cells = list(zip(found.labels[rows].tolist(), found.guesses[rows].tolist(), strict=True))
    assert len(set(rows.tolist())) == len(rows)
    assert len(set(cells)) == 9
    assert set(cells[100:103]) == {(0, 0), (1, 1), (2, 2)}
    right = [cell for cell in cells if cell[0] == cell[1]]
    assert len(right) == 3 * -(-IN_A_CELL // 3)


def test_a_small_page_keeps_the_most_instructive(write_run: Writer) -> None:
    found = judge(write_run)
    np.testing.assert_array_equal(instructive(found, 5), instructive(found, 50)[:5])


def test_an_image_that_found_no_room_is_not_shown(write_run: Writer) -> None:
    found = judge(write_run, n=900)
    album = Album(found)
    absent = set(range(900)) - set(album.rows.tolist())
    assert absent
    assert album.picture(absent.pop()) is None
    assert album.of(np.array(sorted(absent))) == []


def test_images_of_a_cell_are_of_that_cell(write_run: Writer) -> None:
    found = judge(write_run)
    rows = of_cell(found, 0, 1, 3)
    assert (found.labels[rows] == 0).all()
    assert (found.guesses[rows] == 1).all()
    assert len(rows) <= 3
