from __future__ import annotations

import numpy as np

from tests.report.conftest import Writer, dataset_of
from thumblab.analysis import Grouping
from thumblab.evaluation.scored import Scored, scored
from thumblab.report.confused import LARGEST_MATRIX, matrix_data, pair_cards
from thumblab.report.pictures import Album


def score_and_log(write_run: Writer, classes: int, n: int = 300) -> Scored:
    dataset = dataset_of(tuple(f"c{i}" for i in range(classes)), n=n)
    found = scored(write_run(dataset), dataset)
    assert found is not None
    return found


def test_pairs_show_mistakes_of_their_direction(write_run: Writer) -> None:
    found = score_and_log(write_run, 4)
    cards = pair_cards(found, Album(found))
    assert sum(card.total for card in cards) == np.sum(found.guesses != found.labels)
    for card in cards:
        assert card.total == sum(way.count for way in card.directions)
        for way in card.directions:
            assert len(way.pictures) == min(way.count, 6)
            assert all((p.truth, p.guess) == (way.truth, way.guess) for p in way.pictures)


def test_pairs_without_pictures_have_counts(write_run: Writer) -> None:
    cards = pair_cards(score_and_log(write_run, 3), None)
    assert cards[0].total > 0
    assert cards[0].directions[0].pictures == []


def test_a_large_matrix_keeps_the_classes_with_the_most_mistakes(write_run: Writer) -> None:
    found = score_and_log(write_run, 200, n=400)
    data = matrix_data(found)
    shown = np.array(data["shown"])
    assert len(shown) == LARGEST_MATRIX
    wrong = found.guesses != found.labels
    mistakes = np.bincount(found.labels[wrong], minlength=200)
    mistakes += np.bincount(found.guesses[wrong], minlength=200)
    left_out = np.setdiff1d(np.arange(200), shown)
    assert mistakes[left_out].max() <= mistakes[shown].min()
    assert data["support"] == np.bincount(found.labels, minlength=200)[shown].tolist()
    for truth, guess in ((0, 0), (3, 7)):
        expected = np.sum((found.labels == shown[truth]) & (found.guesses == shown[guess]))
        assert data["counts"][truth][guess] == expected


def test_groups_stand_together_in_their_order(write_run: Writer) -> None:
    found = score_and_log(write_run, 5)
    data = matrix_data(found, Grouping((1, 0, 1, 0, 0), ("x", "y")))
    assert data["grouped"] == [1, 3, 4, 0, 2]
    assert data["groups"] == [1, 0, 1, 0, 0]
    assert data["group_names"] == ("x", "y")
    assert matrix_data(found)["grouped"] is None
