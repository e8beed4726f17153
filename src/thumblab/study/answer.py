"""What a study answers: its verdict, at a look that was declared, with what the audit says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any

from thumblab.audit import Finding, Rule
from thumblab.core.errors import UsageError, unknown
from thumblab.storage import files, sealed
from thumblab.study.audited import audit_results
from thumblab.study.cells import cells, read_data
from thumblab.study.judging import judge_results
from thumblab.study.lock import Lock, read_lock
from thumblab.study.results import LOOKS, Results, complete_seeds, results, store
from thumblab.study.study import Study, latest_look
from thumblab.study.winners import resolved
from thumblab.verdict import Verdict

_EXPECTED = re.compile(r"\s*(.+?)\s+-\s+(.+?)\s*([<>])\s*0\s*")


@dataclass(frozen=True)
class Expectation:
    """What was expected, and what came of it.

    Attributes:
        text: As it was written.
        outcome: ``"holds"``, ``"does not hold"``, ``"not resolved"`` or ``"not asked"``.
    """

    text: str
    outcome: str


@dataclass(frozen=True, eq=False)
class Answer:
    """A study's answer.

    Attributes:
        verdict: Its words; void where an error of the audit is open.
        results: The runs and hits behind it.
        findings: Of the audit.
        expectations: And what came of them.
        looks: Every verdict that was printed so far, this one included.
    """

    verdict: Verdict
    results: Results
    findings: tuple[Finding, ...]
    expectations: tuple[Expectation, ...]
    looks: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        study, lock = self.results.study, self.results.lock
        return {
            "study": study.name,
            "title": study.title,
            "question": asdict(study.question),
            "seeds": self.results.seeds,
            "locked": lock.values["locked"],
            "deviations": lock.deviations,
            "search": lock.searched,
            "looks": list(self.looks),
            "diverged": self.results.diverged,
            "expectations": [asdict(each) for each in self.expectations],
            "verdict": self.verdict.to_json(),
            "findings": [each.to_json() for each in self.findings],
            "ignored": dict(study.ignore),
        }


def answer(study: Study, *, runs: Path | str = "runs", root: Path | str | None = None) -> Answer:
    """The verdict of a study at the latest look that its runs reach; it is noted as printed.

    Where the question is of test images, they are evaluated now, if all runs are done.

    Raises:
        UsageError: If the study has not been searched or run, or too few runs are done for any declared look.
    """
    found = _results(study, Path(runs), root)
    plain = judge_results(found)
    looks = _noted(found, plain)
    findings = audit_results(found, looks)
    reasons = _reasons(findings, found)
    judged = plain.voided(reasons) if reasons else plain
    expected = tuple(_expectation(text, judged, study) for text in study.question.expect)
    return Answer(judged, found, findings, expected, tuple(looks))


def verdict(study: Study, *, runs: Path | str = "runs", root: Path | str | None = None) -> Verdict:
    """The verdict of a study (see ``answer``, which has what stands behind it too)."""
    return answer(study, runs=runs, root=root).verdict


def audit(
    study: Study,
    *,
    runs: Path | str = "runs",
    root: Path | str | None = None,
    tell: Callable[[Rule], object] = lambda rule: None,
) -> tuple[Finding, ...]:
    """What the audit finds in a study; no verdict is printed, so that this is no look.

    Args:
        study: The study.
        runs: Folder of run folders.
        root: Folder with the data's files.
        tell: Hears of every rule before it looks.

    Raises:
        UsageError: As ``answer`` does.
    """
    found = _results(study, Path(runs), root)
    return audit_results(found, _looks(found.lock), tell=tell)


def _results(study: Study, runs: Path, root: Path | str | None) -> Results:
    """The runs of the latest look."""
    lock = read_lock(study, runs)
    if lock is None:
        raise UsageError(f"the study {study.name} has not been run in {runs}; run it first")
    study = resolved(study, lock)
    return results(study, lock, runs, read_data(study, root), _seeds(study, lock, runs))


def _seeds(study: Study, lock: Lock, runs: Path) -> int:
    """How many seeds of every arm the verdict is about."""
    every = cells(study, lock.fingerprints(study), lock.count)
    done = complete_seeds(every, runs)
    missing = [cell for cell in every if not cell.is_done(runs)]
    if study.question.on == "test" and missing:
        raise UsageError(
            f"{len(missing)} of {len(every)} runs of {study.name} are missing, and its test set is opened "
            "once, when all are done; run the study first"
        )
    look = done if not missing else latest_look(study.seeds, done)
    if look is None:
        raise UsageError(
            f"{len(missing)} of {len(every)} runs of {study.name} are missing, and {done} complete seeds are "
            "no look that was declared; run the study first"
        )
    return look


def _looks(lock: Lock) -> list[Mapping[str, Any]]:
    """All verdicts printed so far."""
    return list(sealed.lines(lock.folder / LOOKS, required=True))


def _noted(found: Results, judged: Verdict) -> list[Mapping[str, Any]]:
    """All verdicts printed so far; this one is added unless it says what the last one said."""
    study, before = found.study, _looks(found.lock)
    digest = sha256(dumps(judged.to_json(), sort_keys=True).encode()).hexdigest()
    if before and before[-1]["verdict_sha256"] == digest:
        return before
    line = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seeds": found.seeds,
        "level": judged.level_here,
        "metric": study.question.metric,
        "on": study.question.on,
        "arms": [arm.name for arm in study.each],
        "verdict_sha256": digest,
    }
    files.append(found.lock.folder / LOOKS, sealed.line(line))
    return [*before, line]


def _reasons(findings: Sequence[Finding], found: Results) -> dict[str, str]:
    """Why words are void, by the arm that an error is about; one about anything else voids all."""
    arms = {str(run.folder): name for name, own in found.runs.items() for run in own}
    reasons: dict[str, str] = {}
    for each in findings:
        if each.severity == "error":
            arm = arms.get(each.subject, each.subject if each.subject in found.runs else "")
            reasons.setdefault(arm, f"{each.code}: {each.what}")
    return reasons


def _expectation(text: str, judged: Verdict, study: Study) -> Expectation:
    match = _EXPECTED.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no expectation; write it as 'wide - plain > 0'")
    first, second, sign = match.groups()
    for name in (first, second):
        if name not in judged.arms:
            raise unknown("arm", name, judged.arms)
    turned = {(first, second): 1, (second, first): -1}
    for name, other in ((first, second), (second, first)):
        comparison = judged.arms[name].comparison
        if comparison is None or comparison.against != other:
            continue
        if not comparison.word.startswith(("better", "worse")):
            return Expectation(text, "not resolved")
        better = comparison.word.startswith("better")
        positive = better == (turned[name, other] == 1)
        return Expectation(text, "holds" if positive == (sign == ">") else "does not hold")
    return Expectation(text, "not asked")


def store_answer(found: Answer, folder: Path) -> None:
    """Writes an answer and all that is needed to judge again: no weights (see ``results.store``)."""
    store(found.results, folder)
    files.write_json(folder / "verdict.json", found.verdict.to_json())
    files.write_json(folder / "answer.json", found.to_json())
    files.write_json(folder / "audit.json", [each.to_json() for each in found.findings])
