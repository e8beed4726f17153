from __future__ import annotations

from tests.audit.made import Case, Shelf, arms
from thumblab.audit import Subject, rule_named
from thumblab.experiment.tta import Flips
from thumblab.optim import EMA, SGD, OneCycle

USUAL = SGD(learning_rate=OneCycle(0.05), nesterov=True)


def views_in_one(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, batch=16, tta=Flips())})


def views_in_both(shelf: Shelf) -> Subject:
    sides = shelf.seeds(0, tta=Flips()), shelf.seeds(0, batch=16, tta=Flips())
    return arms({"plain": sides[0], "other": sides[1]})


def average_in_one(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, batch=16, optimizer=EMA(USUAL))})


def of_averages(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "averaged": shelf.seeds(0, optimizer=EMA(USUAL))})


CASES = [
    Case("E02", views_in_one, views_in_both),
    Case("E02", average_in_one, of_averages),
]


def test_what_is_unlike_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("E02").findings(views_in_one(shelf))
    assert found.subject == "other"
    assert "views Flips() instead of None" in found.what
