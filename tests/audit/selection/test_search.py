from __future__ import annotations

from tests.audit.made import Case, Shelf, arms
from thumblab.audit import Search, Subject, rule_named


def searched(shelf: Shelf, *seeds: int) -> Subject:
    runs = {"plain": shelf.seeds(0, 1), "tuned": shelf.seeds(0, 1, batch=16)}
    return arms(runs, search=Search({"tuned": 30}, seeds))


def with_a_seed_of_the_comparison(shelf: Shelf) -> Subject:
    return searched(shelf, 0)


def with_fresh_seeds(shelf: Shelf) -> Subject:
    return searched(shelf, 100, 101)


CASES = [
    Case("S06", with_a_seed_of_the_comparison, with_fresh_seeds),
    Case("S07", with_a_seed_of_the_comparison, with_fresh_seeds),
]


def test_the_luck_of_thirty_trials_is_told_in_points(shelf: Shelf) -> None:
    (found,) = rule_named("S06").findings(with_a_seed_of_the_comparison(shelf))
    assert found.subject == "tuned"
    assert found.evidence["trials"] == 30
    assert 2.0 < found.evidence["expected_luck"] / found.evidence["spread"] < 2.1
