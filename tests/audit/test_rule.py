from __future__ import annotations

from collections.abc import Iterator

from tests.audit.made import Shelf, alone
from thumblab.audit import Observation, Subject
from thumblab.audit.rule import rule


@rule(
    code="X01",
    severity="warning",
    title="Anything",
    trigger="Always.",
    why="Because.",
    remedy="Nothing.",
    source="None.",
)
def always(subject: Subject) -> Iterator[Observation]:
    """Two observations, one of them milder."""
    yield Observation("here", "seen", {"n": 1})
    yield Observation("there", "seen", severity="note")


def test_an_observation_becomes_a_finding_of_its_rule(shelf: Shelf) -> None:
    first, second = always.findings(alone(shelf.trained()))
    assert (first.code, first.severity, first.subject) == ("X01", "warning", "here")
    assert (first.why, first.remedy, first.evidence) == ("Because.", "Nothing.", {"n": 1})
    assert (second.severity, second.evidence) == ("note", {})
