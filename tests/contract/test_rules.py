"""What every rule of the audit obeys: it finds its fault, is silent without it, and says what it is."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

from tests.audit.conftest import shelf as shelf
from tests.audit.made import Case, Shelf
from thumblab.audit import FAMILIES, RULES, Rule, audit
from thumblab.audit.finding import SEVERITIES

TESTS = Path(__file__).parents[1]


def cases() -> list[Case]:
    found: list[Case] = []
    for path in sorted((TESTS / "audit").rglob("test_*.py")):
        name = ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        found += getattr(importlib.import_module(name), "CASES", [])
    return found


CASES = cases()


def test_every_rule_has_a_fault_and_a_sound_subject() -> None:
    assert {each.code for each in RULES} == {each.code for each in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.fault.__name__}")
def test_a_rule_finds_its_fault_and_nothing_where_there_is_none(case: Case, shelf: Shelf) -> None:
    rule = next(each for each in RULES if each.code == case.code)
    found = list(rule.findings(case.fault(shelf)))
    assert found, f"{case.code} is silent"
    assert {each.severity for each in found} == {case.severity or rule.severity}
    for each in found:
        assert json.loads(json.dumps(each.to_json())) == each.to_json()
    assert not list(rule.findings(case.sound(shelf)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]\d\d", rule.code)
    assert rule.code[0] in FAMILIES
    assert rule.severity in SEVERITIES
    assert rule.otherwise in (None, *SEVERITIES)
    texts = (rule.title, rule.trigger, rule.why, rule.remedy, rule.source)
    assert all(text == text.strip() and text for text in texts)
    assert not rule.title.endswith(".")
    assert all(text.endswith(".") for text in texts[1:])
    assert rule.check.__doc__


def test_there_are_52_rules_with_codes_without_gaps() -> None:
    codes = [each.code for each in RULES]
    assert len(set(codes)) == len(codes) == 52
    for family in FAMILIES:
        numbers = [int(code[1:]) for code in codes if code[0] == family]
        assert numbers == list(range(1, len(numbers) + 1))


def test_sound_runs_have_no_errors(shelf: Shelf) -> None:
    from tests.audit.made import arms

    runs = {"one": shelf.seeds(0, 1, 2), "other": shelf.seeds(0, 1, 2, batch=16)}
    assert not [each for each in audit(arms(runs)) if each.severity == "error"]
