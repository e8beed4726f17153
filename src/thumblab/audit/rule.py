"""A rule of the audit: what it looks for, why that matters, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from thumblab.audit.finding import Finding, Severity
from thumblab.audit.subject import Subject


@dataclass(frozen=True)
class Observation:
    """What a rule's function has seen; the rule makes a finding of it.

    Attributes:
        subject: Where: a run folder, an arm, a data set, or the study.
        what: One sentence, made of the evidence.
        evidence: Plain JSON data.
        severity: Where it is not the rule's usual one.
    """

    subject: str
    what: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None


Check = Callable[[Subject], Iterator[Observation]]


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong with an experiment.

    Attributes:
        code: A letter for its family and two digits.
        severity: What it usually is.
        title: What is wrong, in a few words.
        trigger: When the rule speaks, in words.
        why: Why that matters.
        remedy: What to do about it.
        source: Where the mistake, or the test for it, is described.
        check: Looks at a subject, and yields what it sees.
        otherwise: What else it can be, as ``trigger`` says.
        needs_data: Whether it can look only where the data are at hand.
    """

    code: str
    severity: Severity
    title: str
    trigger: str
    why: str
    remedy: str
    source: str
    check: Check = field(repr=False)
    otherwise: Severity | None = None
    needs_data: bool = False

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule finds in a subject."""
        for seen in self.check(subject):
            yield Finding(
                code=self.code,
                severity=seen.severity or self.severity,
                what=seen.what,
                evidence=seen.evidence,
                why=self.why,
                remedy=self.remedy,
                subject=seen.subject,
            )


def rule(
    *,
    code: str,
    severity: Severity,
    title: str,
    trigger: str,
    why: str,
    remedy: str,
    source: str,
    otherwise: Severity | None = None,
    needs_data: bool = False,
) -> Callable[[Check], Rule]:
    """Makes a function that looks at a subject the rule of that name; see ``Rule``."""

    def made(check: Check) -> Rule:
        return Rule(
            code=code,
            severity=severity,
            title=title,
            trigger=trigger,
            why=why,
            remedy=remedy,
            source=source,
            check=check,
            otherwise=otherwise,
            needs_data=needs_data,
        )

    return made
