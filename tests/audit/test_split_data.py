from __future__ import annotations

from tests.audit.made import Shelf, alone, digits
from thumblab.data import Flip


def test_parts_are_those_of_the_experiment(shelf: Shelf) -> None:
    (data,) = alone(shelf.trained(subset=300)).split_data
    assert (len(data.train), len(data.validation)) == (300, 150)
    assert data.counts(data.train).sum() == 300
    assert data.trained_on(data.train).all()
    assert not data.trained_on(data.validation).any()
    assert data.test is digits().test


def test_what_does_not_split_does_not_count(shelf: Shelf) -> None:
    runs = [shelf.trained(), shelf.trained(augment=(Flip(),))]
    from tests.audit.made import arms

    assert len(arms({"plain": runs[:1], "flipped": runs[1:]}).split_data) == 1
