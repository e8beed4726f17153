from __future__ import annotations

import numpy as np
import pytest

from tests.audit.made import Case, Shelf, alone, arms
from thumblab.audit import Subject, rule_named
from thumblab.runs import Run


def one_seed(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "small": shelf.seeds(0, 1, batch=16)})


def two_seeds(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0, 1), "small": shelf.seeds(0, 1, batch=16)})


def accuracy(run: Run) -> float:
    stored = run.predictions
    return float(np.mean(stored["validation_logits"].argmax(1) == stored["validation_labels"]))


def ordered(shelf: Shelf) -> list[Run]:
    """Four seeds in one folder, the best first."""
    return sorted(shelf.together(shelf.seeds(0, 1, 2, 3)), key=accuracy, reverse=True)


def best_alone(shelf: Shelf) -> Subject:
    return alone(ordered(shelf)[0])


def worst_alone(shelf: Shelf) -> Subject:
    return alone(ordered(shelf)[-1])


def best_two_compared(shelf: Shelf) -> Subject:
    return arms({"plain": ordered(shelf)[:2], "small": shelf.seeds(0, 1, batch=16)})


def all_compared(shelf: Shelf) -> Subject:
    return arms({"plain": ordered(shelf), "small": shelf.seeds(0, 1, batch=16)})


def best_two_of_a_study(shelf: Shelf) -> Subject:
    """Its seeds were declared; others beside them are another study's."""
    runs = {"plain": ordered(shelf)[:2], "small": shelf.seeds(0, 1, batch=16)}
    return arms(runs, is_study=True)


CASES = [
    Case("S04", one_seed, two_seeds),
    Case("S05", best_alone, worst_alone, "warning"),
    Case("S05", best_two_compared, all_compared),
    Case("S05", best_two_compared, best_two_of_a_study),
]


def test_a_run_that_is_not_compared_may_be_alone(shelf: Shelf) -> None:
    assert not list(rule_named("S04").findings(alone(shelf.trained())))


def test_the_gain_is_that_of_the_largest_of_so_many(shelf: Shelf) -> None:
    (found,) = rule_named("S05").findings(best_alone(shelf))
    scores = [*found.evidence["taken"], *found.evidence["left_out"]]
    assert len(scores) == 4
    assert max(scores) == found.evidence["taken"][0]
    expected = 1.0294 * float(np.std(scores, ddof=1))  # David & Nagaraja, table of 4
    assert found.evidence["expected_gain"] == pytest.approx(expected, rel=1e-3)
