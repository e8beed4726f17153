from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.report.conftest import Writer, dataset_of
from thumblab.evaluation.scored import Scored, scored
from thumblab.report.confusable import IN_A_GROUP, group_cards
from thumblab.report.pictures import Album


def score_and_log(write_run: Writer, guesses: Any, **options: Any) -> Scored:
    """Six classes of which the network says what it is told to."""
    dataset = dataset_of(tuple("abcdef"), **options)
    found = scored(write_run(dataset), dataset)
    assert found is not None
    return replace(found, guesses=guesses(found.labels))


def swapped(labels: np.ndarray) -> np.ndarray:
    """Every third a is taken for c and every third c for a, and one d for e."""
    guesses = labels.copy()
    for first, second in ((0, 2), (2, 0)):
        guesses[np.flatnonzero(labels == first)[::3]] = second
    guesses[np.flatnonzero(labels == 3)[0]] = 4
    return guesses


def test_classes_that_are_taken_for_each_other_make_a_card(write_run: Writer) -> None:
    found = score_and_log(write_run, swapped)
    (card,) = group_cards(found, Album(found))
    assert card.names == ("a", "c")
    assert card.share == 7 / 20
    assert card.mistakes == 14
    assert len(card.pictures) == IN_A_GROUP
    assert {(picture.truth, picture.guess) for picture in card.pictures[:2]} == {
        ("a", "c"),
        ("c", "a"),
    }


def test_a_network_without_mistakes_has_none(write_run: Writer) -> None:
    found = score_and_log(write_run, lambda labels: labels)
    assert group_cards(found, Album(found)) == []


def test_samples_that_are_no_images_have_cards_without_pictures(write_run: Writer) -> None:
    (card,) = group_cards(score_and_log(write_run, swapped, shape=(8,)), None)
    assert card.pictures == []
