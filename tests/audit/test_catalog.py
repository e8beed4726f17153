from __future__ import annotations

import pytest

from tests.audit.made import Shelf, alone, arms
from thumblab.audit import RULES, Rule, Subject, asked, audit, rule_named
from thumblab.core.errors import UsageError


def test_errors_come_first(shelf: Shelf) -> None:
    found = audit(arms({"plain": shelf.seeds(0), "small": shelf.seeds(0, batch=16)}))
    assert [each.severity for each in found] == sorted(
        (each.severity for each in found), key=["error", "warning", "note"].index
    )
    assert [each.code for each in found if each.severity == "error"] == ["S04", "S04"]


def test_a_rule_that_is_ignored_only_notes(shelf: Shelf) -> None:
    runs = {"plain": shelf.seeds(0), "small": shelf.seeds(0, batch=16)}
    found = [each for each in audit(arms(runs, ignored={"s04": "a pilot"})) if each.code == "S04"]
    assert {each.severity for each in found} == {"note"}
    assert found[0].what == "arm 'plain' has 1 run (ignored: a pilot)"
    assert found[0].evidence["severity"] == "error"


def test_each_rule_that_is_asked_is_told(shelf: Shelf) -> None:
    told: list[Rule] = []
    audit(alone(shelf.trained()), tell=told.append)
    assert told == list(RULES)


def test_without_data_some_rules_are_not_asked(shelf: Shelf) -> None:
    subject = Subject({"all": [shelf.trained()]})
    assert {each.code for each in RULES} - {each.code for each in asked(subject)} == {
        each.code for each in RULES if each.needs_data
    }
    assert not [each for each in audit(subject) if each.severity == "error"]


def test_a_rule_is_found_by_its_code() -> None:
    assert rule_named("t01").code == "T01"
    with pytest.raises(UsageError, match="unknown rule 'T77'"):
        rule_named("T77")
