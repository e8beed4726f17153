from pathlib import Path

from tests.study.small import datasets, study
from thumblab.study import read_lock
from thumblab.study.audited import audit_results, declaration
from thumblab.study.results import Results, results

LOOK = {"when": "2026-01-02T03:04:05+00:00", "seeds": 2, "metric": "accuracy", "on": "validation",
        "arms": ["plain", "longer"]}  # fmt: skip


def found(folder: Path) -> Results:
    lock = read_lock(study(), folder)
    assert lock is not None
    return results(study(), lock, folder, datasets(), 2)


def test_a_declaration_says_what_was_declared_and_done_since(finished: Path) -> None:
    declared = declaration(found(finished), [LOOK])
    assert (declared.metric, declared.part, declared.baseline) == (
        "accuracy",
        "validation",
        "plain",
    )
    assert declared.matters == 0.05
    assert declared.is_study
    assert declared.verdicts[0].seeds == 2
    assert (declared.deviations, declared.ignored, declared.search) == ((), {}, None)


def test_what_the_audit_finds_is_told(finished: Path) -> None:
    findings = audit_results(found(finished), [LOOK])
    assert "T01" in {each.code for each in findings if each.severity == "error"}
