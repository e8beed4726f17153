from __future__ import annotations

import numpy as np
import pytest

from tests.audit.made import Shelf, alone, change_weights
from thumblab.audit import Subject


def test_what_is_not_there_is_none(shelf: Shelf) -> None:
    (each,) = Subject({"all": [shelf.trained(validation=0.0)]}).runs
    assert each.logits("validation") is None
    assert each.hits("validation") is None
    assert each.curve("validation_accuracy") is None
    assert each.data is None
    assert each.initial is None


def test_weights_before_training_are_those_that_training_began_with(shelf: Shelf) -> None:
    (each,) = alone(shelf.trained()).runs
    (slow,) = alone(shelf.trained(epochs=1, batch=450, optimizer=_nothing())).runs
    assert each.initial is not None
    assert slow.kept is not None
    assert each.initial.keys() == slow.kept[0].keys()
    for name, array in slow.kept[0].items():
        np.testing.assert_array_equal(each.initial[name], array)


def _nothing() -> object:
    from thumblab.optim import SGD

    return SGD(learning_rate=0.0)


def test_weights_that_hold_nan_are_none(shelf: Shelf) -> None:
    run = change_weights(shelf.copy(shelf.trained()), lambda name, array: array * np.nan)
    (each,) = alone(run).runs
    assert each.kept is None


def test_the_kept_epoch_is_the_last_unless_the_run_says_another(shelf: Shelf) -> None:
    (each,) = alone(shelf.trained()).runs
    assert each.weights_epoch == 4
    hits = each.hits("validation")
    assert hits is not None
    assert hits.mean() == pytest.approx(each.lines[-1]["validation_accuracy"])
