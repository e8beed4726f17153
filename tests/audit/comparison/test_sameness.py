from __future__ import annotations

import numpy as np
import pytest

from tests.audit.made import Case, Shelf, arms, change_predictions
from thumblab.audit import Subject
from thumblab.audit.comparison.sameness import ignores_scale
from thumblab.losses import CrossEntropy, Focal
from thumblab.optim import EMA, SGD, Adam, AdamW, Optimizer

ADAM = Adam(learning_rate=0.002)


def pasted_twice(shelf: Shelf) -> Subject:
    """Report R4's table: the matrix of one network under two names."""
    first, second = shelf.trained(), shelf.copy(shelf.trained(batch=16))
    second = change_predictions(second, **first.predictions)
    return arms({"without skip": [first], "with skip": [second]})


def same_matrix(shelf: Shelf) -> Subject:
    """Every mistake is another image's, and the counts are equal."""
    first, second = shelf.trained(), shelf.copy(shelf.trained(batch=16))
    stored = first.predictions
    order = np.arange(len(stored["validation_labels"]))
    for label in range(10):
        rows = np.flatnonzero(stored["validation_labels"] == label)
        order[rows] = np.roll(rows, 1)
    second = change_predictions(second, validation_logits=stored["validation_logits"][order])
    return arms({"without skip": [first], "with skip": [second]})


def two_networks(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0, 1), "small": shelf.seeds(0, 1, batch=16)})


def alpha_that_does_nothing(shelf: Shelf) -> Subject:
    """Report R2's row of alphas, under Adam."""
    each = {
        f"alpha={alpha}": shelf.seeds(0, loss=Focal(gamma=1.0, alpha=alpha), optimizer=ADAM)
        for alpha in (0.15, 0.25)
    }
    return arms(each)


def gamma_that_does(shelf: Shelf) -> Subject:
    each = {
        f"gamma={gamma}": shelf.seeds(0, loss=Focal(gamma=gamma), optimizer=ADAM)
        for gamma in (0.5, 2.0)
    }
    return arms(each)


def a_hair_apart(shelf: Shelf) -> Subject:
    each = {
        name: shelf.seeds(0, 1, loss=CrossEntropy(smoothing))
        for name, smoothing in (("plain", 0.0), ("smooth", 3e-4))
    }
    one = [shelf.copy(run) for run in each["plain"]]
    for place, run in enumerate(one):  # a single image turns
        logits = run.predictions["validation_logits"].copy()
        logits[0] = -logits[0]
        one[place] = change_predictions(run, validation_logits=logits)
    return arms({"plain": each["plain"], "smooth": one})


def perfect_twice(shelf: Shelf) -> Subject:
    """Networks without a mistake say the same."""
    sides = [shelf.copy(shelf.trained()), shelf.copy(shelf.trained(batch=16))]
    for place, run in enumerate(sides):
        logits = np.eye(10, dtype=np.float32)[run.predictions["validation_labels"]]
        sides[place] = change_predictions(run, validation_logits=logits)
    return arms({"plain": sides[:1], "small": sides[1:]})


CASES = [
    Case("C04", pasted_twice, two_networks),
    Case("C04", same_matrix, two_networks),
    Case("C04", pasted_twice, perfect_twice),
    Case("C05", alpha_that_does_nothing, gamma_that_does),
    Case("C05", a_hair_apart, two_networks),
]


@pytest.mark.parametrize(
    ("optimizer", "ignores"),
    [
        (Adam(0.1), True),
        (EMA(Adam(0.1)), True),
        (AdamW(0.1, weight_decay=0.1), True),
        (Adam(0.1, weight_decay=0.1), False),
        (SGD(0.1), False),
    ],
    ids=str,
)
def test_which_optimizers_take_a_factor_out(optimizer: Optimizer, ignores: bool) -> None:
    assert ignores_scale(optimizer) == ignores
