"""Every rule there is, and the audit that asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType

from thumblab.audit.comparison import fairness, noise, sameness
from thumblab.audit.data import classes, copies, inputs, labels, near, pictures
from thumblab.audit.evaluation import predictions, views
from thumblab.audit.finding import Finding
from thumblab.audit.model import head, shape, units, weights
from thumblab.audit.record import surroundings
from thumblab.audit.rule import Rule
from thumblab.audit.selection import held_out, plan, search, seeds
from thumblab.audit.subject import Subject
from thumblab.audit.training import control, curves, outcome
from thumblab.core.errors import unknown

MODULES = (
    *(held_out, seeds, search, plan),
    *(copies, near, labels, classes, inputs, pictures),
    *(weights, units, head, shape),
    *(curves, outcome, control),
    *(views, predictions),
    *(fairness, sameness, noise),
    surroundings,
)


def _rules(modules: tuple[ModuleType, ...]) -> Iterator[Rule]:
    for module in modules:
        yield from (each for each in vars(module).values() if isinstance(each, Rule))


FAMILIES = {
    "S": "selection",
    "D": "data",
    "M": "model",
    "T": "training",
    "E": "evaluation",
    "C": "comparison",
    "R": "record",
}
"""What the letter of a code stands for."""

RULES: tuple[Rule, ...] = tuple(
    sorted(_rules(MODULES), key=lambda each: (list(FAMILIES).index(each.code[0]), each.code))
)
"""By family, in the order of their codes."""


def rule_named(code: str) -> Rule:
    """The rule of that code, in capitals or not.

    Raises:
        UsageError: If there is none.

    Example:
        >>> rule_named("s04").title
        'A single seed'
    """
    for each in RULES:
        if each.code == code.upper():
            return each
    raise unknown("rule", code.upper(), [each.code for each in RULES])


def asked(subject: Subject) -> tuple[Rule, ...]:
    """The rules that can look at a subject: where data are not at hand, not those that need them."""
    has_data = bool(subject.split_data)
    return tuple(each for each in RULES if has_data or not each.needs_data)


def audit(
    subject: Subject, *, tell: Callable[[Rule], object] = lambda rule: None
) -> tuple[Finding, ...]:
    """What is wrong with runs and their comparison: what all rules find, errors first.

    Nothing is written, and no test image is scored: of test accuracies it knows those that were logged.
    A rule that the study ignores only notes what it finds, with the study's reason.

    Args:
        subject: Runs by arm, their data, and what a study declared.
        tell: Called with each rule before it looks.

    Raises:
        RunError: If a run folder is damaged.
        UntrustedError: If it holds code that is not trusted.
    """
    ignored = {code.upper(): reason for code, reason in subject.declared.ignored.items()}
    found: list[Finding] = []
    for each in asked(subject):
        tell(each)
        reason = ignored.get(each.code)
        found += (
            finding if reason is None else _noted(finding, reason)
            for finding in each.findings(subject)
        )
    return tuple(sorted(found, key=lambda each: each.place))


def _noted(finding: Finding, reason: str) -> Finding:
    return replace(
        finding,
        severity="note",
        what=f"{finding.what} (ignored: {reason})",
        evidence={**finding.evidence, "ignored": reason, "severity": finding.severity},
    )
