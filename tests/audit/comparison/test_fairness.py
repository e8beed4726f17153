from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.audit.made import MODEL, OTHER, Case, Shelf, arms, digits, with_test
from thumblab.audit import Search, Subject, rule_named
from thumblab.layers import Dense, Flatten, ReLU, Sequential


def longer(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, model=OTHER, epochs=6)})


def as_long(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, model=OTHER)})


def of_budgets(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "longer": shelf.seeds(0, epochs=6)})


def in_operations(shelf: Shelf) -> Subject:
    wide = Sequential(Flatten(), Dense(64), ReLU(), Dense(10))
    return arms({"plain": shelf.seeds(0), "wide": shelf.seeds(0, model=wide)}, equal="flops")


def other_data(shelf: Shelf) -> Subject:
    data = with_test(digits(), None)
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, data=data, model=OTHER)})


def other_split(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "other": shelf.seeds(0, model=OTHER, split_seed=1)})


def of_precisions(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "exact": shelf.seeds(0, precision="float64")})


def of_splits_that_seeds_draw(shelf: Shelf) -> Subject:
    """Seed k has split k, in both arms."""
    runs = {
        "plain": [shelf.trained(seed=k, split_seed=k) for k in (0, 1)],
        "other": [shelf.trained(seed=k, split_seed=k, model=OTHER) for k in (0, 1)],
    }
    return arms(runs)


def of_data(shelf: Shelf) -> Subject:
    """Nothing but the data is other, as where more images are tried."""
    data = replace(digits(), train=digits().train.take(np.arange(0, 600, 2)))
    return arms({"plain": shelf.seeds(0), "half": shelf.seeds(0, data=data)})


def searched(shelf: Shelf, **trials: int) -> Subject:
    runs: dict[str, Any] = {"plain": shelf.seeds(0), "other": shelf.seeds(0, model=OTHER)}
    return arms(runs, search=Search(trials))


def one_tuned(shelf: Shelf) -> Subject:
    return searched(shelf, other=30)


def both_tuned(shelf: Shelf) -> Subject:
    return searched(shelf, plain=30, other=30)


CASES = [
    Case("C01", longer, as_long),
    Case("C01", in_operations, of_budgets),
    Case("C02", other_data, as_long),
    Case("C02", other_split, of_precisions),
    Case("C02", other_split, of_splits_that_seeds_draw),
    Case("C02", other_data, of_data),
    Case("C03", one_tuned, both_tuned),
]


def test_the_budgets_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("C01").findings(longer(shelf))
    assert found.evidence == {"equal": "epochs", "plain": 4.0, "other": 6.0, "ratio": 1.5}
    assert found.what == "'other' had 6 epochs where 'plain' had 4, 1.50 times as much"


def test_nothing_need_be_equal(shelf: Shelf) -> None:
    subject = arms({"a": shelf.seeds(0), "b": shelf.seeds(0, model=OTHER, epochs=6)}, equal=None)
    assert not list(rule_named("C01").findings(subject))


def test_the_model_is_one_setting(shelf: Shelf) -> None:
    assert shelf.trained().experiment.model == MODEL
