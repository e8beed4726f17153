import json
from pathlib import Path

import pytest

from tests.study.small import study
from thumblab.core.errors import UsageError
from thumblab.storage import sealed
from thumblab.study import Question, Seeds, Study, answer, more_seeds, run, store_answer, verdict
from thumblab.study.lock import folder_of
from thumblab.study.results import LOOKS, stored_hits
from thumblab.verdict import judge, unsupported_numbers

EQUAL = {"plain": {}, "small": {"batch": 32}}


def done(folder: Path, **changes: object) -> Study:
    wanted = study(**({"arms": EQUAL, "seeds": Seeds(3)} | changes))
    list(run(wanted, runs=folder))
    return wanted


def looks(wanted: Study, folder: Path) -> list[object]:
    return [each["seeds"] for each in sealed.lines(folder_of(wanted, folder) / LOOKS)]


def test_an_answer_is_the_verdict_on_the_hits_and_is_noted_once(tmp_path: Path) -> None:
    wanted = done(tmp_path, question=Question(matters=5, expect=("small - plain > 0",)))
    found = answer(wanted, runs=tmp_path)
    assert list(found.verdict.arms) == ["plain", "small"]
    assert found.verdict.arms["small"].seeds == 3
    assert found.expectations[0].text == "small - plain > 0"
    assert verdict(wanted, runs=tmp_path) == found.verdict
    assert looks(wanted, tmp_path) == [3]
    values = json.loads(json.dumps(found.to_json()))
    assert values["verdict"]["arms"]["small"]["seeds"] == 3
    assert [unsupported_numbers(each.to_json()) for each in found.verdict.comparisons] == [()]


def test_what_is_stored_judges_to_the_same(tmp_path: Path) -> None:
    wanted = done(tmp_path / "runs", ignore=(("T01", "a network of a second"),))
    found = answer(wanted, runs=tmp_path / "runs")
    store_answer(found, tmp_path / "out")
    again = judge(stored_hits(tmp_path / "out"), baseline="plain", matters=0.05)
    stored = json.loads((tmp_path / "out" / "verdict.json").read_text())
    assert (
        json.loads(json.dumps(again.to_json()))["comparisons"][0]["difference"]
        == (stored["comparisons"][0]["difference"])
    )
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "study.lock.json", "cells.jsonl", "hits.npz", "curves.npz", "verdict.json", "answer.json",
        "audit.json",
    }  # fmt: skip


def test_an_open_error_of_the_audit_makes_words_void(finished: Path) -> None:
    found = answer(study(), runs=finished)
    assert found.verdict.arms["longer"].word == "void"
    assert "T01" in found.verdict.arms["longer"].comparison.reason
    assert found.verdict.arms["longer"].difference is not None


def test_an_error_that_was_set_aside_with_a_reason_does_not(tmp_path: Path) -> None:
    wanted = done(tmp_path, ignore=(("T01", "a network of a second"),))
    found = answer(wanted, runs=tmp_path)
    assert found.verdict.arms["small"].word != "void"
    assert found.to_json()["ignored"] == {"T01": "a network of a second"}


def test_a_study_that_is_not_complete_has_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has not been run"):
        answer(study(), runs=tmp_path)
    wanted = study(arms=EQUAL, seeds=Seeds(3))
    list(run(wanted, runs=tmp_path, shard=(0, 2)))
    with pytest.raises(UsageError, match="3 of 6 runs of small are missing, and 0 complete seeds"):
        answer(wanted, runs=tmp_path)


def test_a_declared_look_may_come_before_the_end(tmp_path: Path) -> None:
    wanted = done(tmp_path, seeds=Seeds(2, looks=(2, 3)))
    first = answer(wanted, runs=tmp_path)
    assert first.verdict.seeds == 2
    more_seeds(wanted, 1, runs=tmp_path)
    assert answer(wanted, runs=tmp_path).verdict.seeds == 2
    list(run(wanted, runs=tmp_path))
    last = answer(wanted, runs=tmp_path)
    assert last.verdict.seeds == 3
    assert last.verdict.level_here == first.verdict.level_here < 0.05
    assert looks(wanted, tmp_path) == [2, 3]
    assert "S09" not in {each.code for each in last.findings}


def test_the_test_set_is_opened_when_all_is_done(tmp_path: Path) -> None:
    wanted = study(arms=EQUAL, question=Question(on="test"))
    list(run(wanted, runs=tmp_path, shard=(0, 2)))
    with pytest.raises(UsageError, match="opened once, when all are done"):
        answer(wanted, runs=tmp_path)
    list(run(wanted, runs=tmp_path))
    for _ in range(2):
        found = answer(wanted, runs=tmp_path)
    assert found.verdict.images == 1880
    assert all(len(each.evaluations) == 1 for own in found.results.runs.values() for each in own)


@pytest.mark.parametrize(
    ("text", "message"),
    [("small > plain", "is no expectation"), ("smal - plain > 0", "did you mean 'small'")],
)
def test_expectations_that_cannot_be_are_refused(tmp_path: Path, text: str, message: str) -> None:
    wanted = done(tmp_path, question=Question(expect=(text,)), seeds=Seeds(2))
    with pytest.raises(UsageError, match=message):
        answer(wanted, runs=tmp_path)
