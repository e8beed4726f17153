from __future__ import annotations

import numpy as np

from tests.audit.made import Shelf, arms
from thumblab.audit.paired import differing, paired
from thumblab.layers import Dense, Flatten, Sequential


def test_seeds_that_both_have_are_paired(shelf: Shelf) -> None:
    runs = {"plain": shelf.seeds(2, 0, 1), "small": shelf.seeds(1, 2, 5, batch=16)}
    (pair,) = paired(arms(runs))
    assert [each.experiment.seed for each in pair.first] == [1, 2]
    assert [each.experiment.seed for each in pair.second] == [1, 2]
    assert pair.names == ("plain", "small")
    rights = [
        float(np.mean(run.predictions["validation_logits"].argmax(1) == pair.labels))
        for batch in ({"batch": 16}, {})
        for run in shelf.seeds(1, 2, **batch)
    ]
    assert np.isclose(pair.difference, (sum(rights[:2]) - sum(rights[2:])) / 2)


def test_other_images_are_not_paired(shelf: Shelf) -> None:
    runs = {"plain": shelf.seeds(0), "other": shelf.seeds(0, validation=0.2)}
    assert not list(paired(arms(runs)))


def test_every_arm_meets_every_other(shelf: Shelf) -> None:
    runs = {str(batch): shelf.seeds(0, batch=batch) for batch in (16, 32, 64)}
    assert len(list(paired(arms(runs)))) == 2
    assert len(list(paired(arms(runs), everything=True))) == 3


def test_settings_are_named_by_their_outermost(shelf: Shelf) -> None:
    one = shelf.trained().experiment
    other = shelf.trained(batch=16, model=Sequential(Flatten(), Dense(10))).experiment
    assert differing(one, one) == set()
    assert differing(one, other) == {"batch", "model"}
    seeds = [each.experiment for each in shelf.seeds(0, 1)]
    assert differing(*seeds) == set()
