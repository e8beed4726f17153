from __future__ import annotations

import numpy as np

from tests.audit.made import Case, Shelf, alone, change_predictions, change_weights
from tests.audit.own_layers import BatchCentered
from thumblab.audit import Subject, rule_named
from thumblab.layers import BatchNorm, Dense, Dropout, Flatten, ReLU, Sequential


def centered_by_its_batch(shelf: Shelf) -> Subject:
    model = Sequential(Flatten(), Dense(32), BatchCentered(), ReLU(), Dense(10))
    return alone(shelf.trained(model=model))


def with_batch_norm(shelf: Shelf) -> Subject:
    model = Sequential(Flatten(), Dense(32), BatchNorm(), ReLU(), Dropout(0.5), Dense(10))
    return alone(shelf.trained(model=model))


def sound(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def other_weights(shelf: Shelf) -> Subject:
    """Those of another seed under this run's name."""
    other = shelf.trained(seed=1).trained()[0]
    return alone(change_weights(shelf.copy(shelf.trained()), lambda name, _: other[name]))


def other_images(shelf: Shelf) -> Subject:
    run = shelf.copy(shelf.trained())
    labels = run.predictions["validation_labels"]
    return alone(change_predictions(run, validation_labels=np.roll(labels, 20)))


CASES = [
    Case("E01", centered_by_its_batch, with_batch_norm),
    Case("E03", other_weights, sound),
    Case("E03", other_images, with_batch_norm),
]


def test_both_differences_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("E01").findings(centered_by_its_batch(shelf))
    assert found.evidence["alone"] > 0.1
    assert found.evidence["again"] == 0
    assert found.evidence["batch"] == 128
