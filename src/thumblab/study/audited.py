"""A study as the audit sees it: its runs, and what it had declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from thumblab.audit import Declaration, Deviation, Finding, PrintedVerdict, Rule, Subject, audit
from thumblab.audit import Search as Searched
from thumblab.data import Dataset
from thumblab.runs import Run
from thumblab.study.lock import Lock
from thumblab.study.results import Results


def audit_results(
    found: Results,
    looks: Sequence[Mapping[str, Any]],
    *,
    tell: Callable[[Rule], object] = lambda rule: None,
) -> tuple[Finding, ...]:
    """What the audit finds in a study; ``tell`` hears of every rule before it looks."""

    def read(run: Run) -> Dataset | None:
        return found.datasets.get(run.experiment.data)

    return audit(Subject(found.runs, read, declaration(found, looks)), tell=tell)


def declaration(found: Results, looks: Sequence[Mapping[str, Any]]) -> Declaration:
    """What a study had declared, and what was done to it since."""
    study, lock = found.study, found.lock
    question = study.question
    return Declaration(
        metric=question.metric,
        part=question.on,
        baseline=study.baseline,
        matters=None if question.matters is None else question.matters / 100,
        equal=question.equal,
        looks=study.seeds.looks,
        verdicts=tuple(
            PrintedVerdict(
                when=each["when"],
                seeds=each["seeds"],
                metric=each["metric"],
                part=each["on"],
                arms=tuple(each["arms"]),
            )
            for each in looks
        ),
        deviations=tuple(
            Deviation(each["what"], each["why"], each["when"]) for each in lock.deviations
        ),
        search=_searched(lock),
        ignored=dict(study.ignore),
        is_study=True,
    )


def _searched(lock: Lock) -> Searched | None:
    found = lock.searched
    if found is None:
        return None
    trials = {name: int(each["trials"]) for name, each in found["arms"].items()}
    return Searched(trials, seeds=(int(found["seed"]),), part=found["part"])
