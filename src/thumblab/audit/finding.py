"""What an audit has found: one fault of one subject, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first."""


@dataclass(frozen=True)
class Finding:
    """A fault that a rule has found.

    Attributes:
        code: Of the rule, such as ``"D01"``.
        severity: ``"error"``: a verdict on these runs is void; ``"warning"``: it may mislead;
            ``"note"``: worth knowing.
        what: What was seen, in one sentence that is made of the evidence.
        evidence: The numbers and names behind it, as plain JSON data.
        why: Why it matters.
        remedy: What to do.
        subject: Where it was seen: a run folder, an arm, a data set, or the study.
    """

    code: str
    severity: Severity
    what: str
    evidence: Mapping[str, Any]
    why: str
    remedy: str
    subject: str

    def to_json(self) -> dict[str, Any]:
        """Plain data.

        Example:
            >>> found = Finding("S04", "error", "1 seed", {"seeds": 1}, "luck", "more seeds", "plain")
            >>> found.to_json()["evidence"]
            {'seeds': 1}
        """
        return asdict(self) | {"evidence": dict(self.evidence)}

    @property
    def place(self) -> tuple[int, str, str]:
        """Sorts findings: errors first, then by code and subject."""
        return SEVERITIES.index(self.severity), self.code, self.subject
