from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.report.conftest import Writer, dataset_of
from thumblab.evaluation.scored import Scored, scored
from thumblab.report.pictures import (
    IN_A_CELL,
    LEADING,
    Album,
    among,
    instructive,
    of_cell,
    typical,
    worst,
)


def score_and_log(write_run: Writer, **options: Any) -> Scored:
    dataset = dataset_of(("a", "b", "c"), **options)
    found = scored(write_run(dataset), dataset)
    assert found is not None
    return found


def test_an_image_is_where_the_page_looks_for_it(write_run: Writer) -> None:
    found = score_and_log(write_run)
    album = Album(found)
    for place, row in enumerate(album.rows):
        picture = album.picture(int(row))
        assert picture is not None
        assert picture.row * album.mosaic.columns + picture.column == place
        assert picture.index == row
        assert picture.truth == found.classes[found.labels[row]]


def test_the_worst_come_first_and_are_wrong(write_run: Writer) -> None:
    found = score_and_log(write_run)
    rows = worst(found, 10)
    assert (found.labels[rows] != found.guesses[rows]).all()
    assert (np.diff(found.losses[rows]) <= 0).all()
    wrong = found.losses[found.labels != found.guesses]
    np.testing.assert_array_equal(found.losses[rows], np.sort(wrong)[::-1][:10])


def test_common_confusions_have_several_turns_before_a_slip_has_one(write_run: Writer) -> None:
    found = score_and_log(write_run, n=900)
    guesses = found.labels.copy()
    of_a = np.flatnonzero(found.labels == 0)
    guesses[of_a[:225]] = 1
    guesses[of_a[225]] = 2
    found = replace(found, guesses=guesses)
    rows = instructive(found, 10**6)
    assert len(set(rows.tolist())) == len(rows)
    leading = LEADING + 3  # the worst mistakes, and a typical right guess of each class
    cells = list(zip(found.labels[rows].tolist(), guesses[rows].tolist(), strict=True))
    assert set(cells[:LEADING]) <= {(0, 1), (0, 2)}
    assert set(cells[LEADING:leading]) == {(0, 0), (1, 1), (2, 2)}
    later = [cell for cell in cells if cell == (0, 1)][:15]
    assert len(later) == 15
    right = [cell for cell in cells if cell[0] == cell[1] == 1]
    assert len(right) <= -(-IN_A_CELL // 3) + 1


def test_a_typical_guess_is_right_and_of_median_confidence(write_run: Writer) -> None:
    found = score_and_log(write_run, n=900)
    rows = typical(found, 10)
    assert found.labels[rows].tolist() == found.guesses[rows].tolist() == [0, 1, 2]
    for row in rows:
        rivals = (found.labels == found.labels[row]) & (found.guesses == found.labels[row])
        surer = np.sum(found.confidence[rivals] > found.confidence[row])
        assert surer == (rivals.sum() - 1) // 2
    assert len(typical(found, 2)) == 2
    none = replace(found, guesses=(found.labels + 1) % 3)
    assert len(typical(none, 10)) == 0


def test_mistakes_among_classes_take_turns(write_run: Writer) -> None:
    found = score_and_log(write_run, n=900)
    rows = among(found, np.array([0, 2]), 10**6)
    wrong = found.labels != found.guesses
    inside = wrong & np.isin(found.labels, [0, 2]) & np.isin(found.guesses, [0, 2])
    assert sorted(rows.tolist()) == np.flatnonzero(inside).tolist()
    assert set(found.labels[rows[:2]].tolist()) == {0, 2}
    np.testing.assert_array_equal(among(found, np.array([0, 2]), 3), rows[:3])


def test_a_small_page_keeps_the_most_instructive(write_run: Writer) -> None:
    found = score_and_log(write_run)
    np.testing.assert_array_equal(instructive(found, 5), instructive(found, 50)[:5])


def test_an_image_that_found_no_room_is_not_shown(write_run: Writer) -> None:
    found = score_and_log(write_run, n=900)
    album = Album(found)
    absent = set(range(900)) - set(album.rows.tolist())
    assert absent
    assert album.picture(absent.pop()) is None
    assert album.of(np.array(sorted(absent))) == []


def test_images_of_a_cell_are_of_that_cell(write_run: Writer) -> None:
    found = score_and_log(write_run)
    rows = of_cell(found, 0, 1, 3)
    assert (found.labels[rows] == 0).all()
    assert (found.guesses[rows] == 1).all()
    assert len(rows) <= 3
