from __future__ import annotations

from typing import Any

import pytest

from tests.audit.made import Case, Shelf, alone, arms, evaluated
from thumblab.audit import Deviation, PrintedVerdict, Subject, rule_named

DAY = "2026-01-01T00:00:00+00:00"


def study(shelf: Shelf, **declared: Any) -> Subject:
    runs = {"plain": shelf.seeds(0, 1, 2), "small": shelf.seeds(0, 1, 2, batch=16)}
    return arms(runs, is_study=True, **declared)


def other_metric(shelf: Shelf) -> Subject:
    return study(shelf, verdicts=(PrintedVerdict(DAY, 3, "macro_f1"),))


def fewer_arms(shelf: Shelf) -> Subject:
    return study(shelf, verdicts=(PrintedVerdict(DAY, 3, arms=("plain",)),))


def on_test_images_too(shelf: Shelf) -> Subject:
    return alone(evaluated(shelf.copy(shelf.trained()), DAY), is_study=True)


def as_declared(shelf: Shelf) -> Subject:
    return study(shelf, verdicts=(PrintedVerdict(DAY, 3, arms=("small", "plain")),))


def extended(shelf: Shelf) -> Subject:
    return study(shelf, verdicts=(PrintedVerdict(DAY, 2),), looks=(3, 5))


def looked_as_declared(shelf: Shelf) -> Subject:
    return study(shelf, verdicts=(PrintedVerdict(DAY, 2),), looks=(2, 3))


def changed(shelf: Shelf) -> Subject:
    return study(shelf, deviations=(Deviation("base.epochs: 4 -> 8", "too short"),))


CASES = [
    Case("S08", other_metric, as_declared),
    Case("S08", fewer_arms, as_declared),
    Case("S08", on_test_images_too, as_declared),
    Case("S09", extended, looked_as_declared),
    Case("S10", changed, as_declared),
]


@pytest.mark.parametrize(
    ("seeds", "looks", "void"), [(3, (), False), (2, (), True), (2, "any", False), (1, (2,), True)]
)
def test_seeds_may_be_added_after_declared_looks_alone(
    shelf: Shelf, seeds: int, looks: Any, void: bool
) -> None:
    subject = study(shelf, verdicts=(PrintedVerdict(DAY, seeds),), looks=looks)
    assert bool(list(rule_named("S09").findings(subject))) == void


def test_reasons_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("S10").findings(changed(shelf))
    assert "base.epochs: 4 -> 8 (too short)" in found.what
