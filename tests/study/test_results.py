import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.study.small import datasets, study
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.data import Characters
from thumblab.study import Question, Seeds, cells, judge, read_lock, run
from thumblab.study.results import (
    Results,
    complete_seeds,
    curves_of,
    hits_of,
    logits_of,
    results,
    store,
    stored_hits,
)

DATA = datasets()[Characters()]
STORED = Path(__file__).parents[2] / "results" / "studies"


def found(folder: Path, **changes: object) -> Results:
    wanted = study(**changes)
    lock = read_lock(wanted, folder)
    assert lock is not None
    return results(wanted, lock, folder, datasets(), 2)


def test_hits_are_those_of_the_stored_predictions(finished: Path) -> None:
    got = found(finished)
    assert list(got.hits) == ["plain", "longer"]
    assert got.seeds == 2
    for name, own in got.runs.items():
        for row, each in zip(got.hits[name], own, strict=True):
            assert each.result is not None
            assert row.mean() == pytest.approx(each.result["validation_accuracy"])
    assert got.diverged == {"plain": 0, "longer": 0}


def test_seeds_are_complete_once_every_arm_has_them(finished: Path, tmp_path: Path) -> None:
    every = cells(study(), {Characters(): DATA.fingerprint})
    assert complete_seeds(every, finished) == 2
    assert complete_seeds(every, tmp_path) == 0
    list(run(study(), runs=tmp_path, shard=(0, 4)))
    assert complete_seeds(every, tmp_path) == 0


def test_top_k_and_ties() -> None:
    labels = np.array([0, 1, 2])
    logits = np.array([[3.0, 2.0, 1.0, 0.0], [3.0, 2.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    dataset = SimpleNamespace(groups=(0, 0, 1, 1), name="x", classes="abcd")
    ask = [
        hits_of(logits, metric, labels, dataset).tolist()
        for metric in ("accuracy", "top3_accuracy", "coarse_accuracy")
    ]
    assert ask == [[True, False, False], [True, True, True], [True, True, False]]


def test_what_has_diverged_says_the_first_class() -> None:
    labels = np.array([0, 1, 0])
    run_ = SimpleNamespace(status="diverged")
    logits = logits_of(run_, "validation", labels, DATA)
    assert hits_of(logits, "accuracy", labels, DATA).tolist() == [True, False, True]


def test_coarse_accuracy_needs_coarse_classes() -> None:
    with pytest.raises(UsageError, match="no coarse classes"):
        hits_of(np.eye(47), "coarse_accuracy", np.arange(47), DATA)


def test_test_images_are_evaluated_once(tmp_path: Path) -> None:
    wanted = study(question=Question(on="test"), seeds=Seeds(2))
    list(run(wanted, runs=tmp_path))
    lock = read_lock(wanted, tmp_path)
    assert lock is not None
    for _ in range(2):
        got = results(wanted, lock, tmp_path, datasets(), 2)
    runs = [each for own in got.runs.values() for each in own]
    assert [len(each.evaluations) for each in runs] == [1] * 4
    assert got.hits["plain"].shape == (2, 1880)


def test_arms_that_were_scored_on_other_images_are_refused(tmp_path: Path) -> None:
    wanted = study(arms={"plain": {}, "split": {"split_seed": 1}})
    list(run(wanted, runs=tmp_path))
    lock = read_lock(wanted, tmp_path)
    assert lock is not None
    with pytest.raises(DataError, match="'split' was scored on other validation images"):
        results(wanted, lock, tmp_path, datasets(), 2)


def test_a_study_of_which_all_has_diverged_has_no_results(tmp_path: Path) -> None:
    wanted = study(
        arms={"a": {"optimizer": "sgd:lr=1e30"}, "b": {"optimizer": "sgd:lr=1e29"}},
    )
    list(run(wanted, runs=tmp_path))
    lock = read_lock(wanted, tmp_path)
    assert lock is not None
    with pytest.raises(RunError, match="every run of the study has diverged"):
        results(wanted, lock, tmp_path, datasets(), 2)


def test_what_is_stored_is_enough_to_judge_again(finished: Path, tmp_path: Path) -> None:
    got = found(finished)
    store(got, tmp_path)
    again = stored_hits(tmp_path)
    assert list(again) == list(got.hits)
    for name, hits in got.hits.items():
        assert np.array_equal(again[name], hits)
    lines = (tmp_path / "cells.jsonl").read_text().splitlines()
    assert len(lines) == 4
    assert '"parameters":' in lines[0]
    before = (tmp_path / "hits.npz").read_bytes()
    store(got, tmp_path)
    assert (tmp_path / "hits.npz").read_bytes() == before


def test_curves_have_a_row_a_seed(finished: Path) -> None:
    curves = curves_of(found(finished))
    assert curves["validation_accuracy/plain"].shape == (2, 1)
    assert curves["train_loss/longer"].shape == (2, 2)
    assert np.isfinite(curves["train_loss/longer"]).all()


@pytest.mark.parametrize("folder", sorted(STORED.iterdir()), ids=lambda folder: folder.name)
def test_the_results_of_the_project_judge_to_what_they_say(folder: Path) -> None:
    stored = json.loads((folder / "verdict.json").read_text())
    assert stored["against"] == "baseline"
    again = judge(
        stored_hits(folder),
        baseline=stored["baseline"],
        matters=stored["matters"],
        level=stored["level"],
        looks=tuple(stored["looks"]),
    ).to_json()
    for name, arm in stored["arms"].items():
        found = again["arms"][name]
        assert found["mean"] == pytest.approx(arm["mean"], abs=1e-12)
        if arm["word"] not in (None, "void"):
            assert (found["word"], found["sentence"]) == (arm["word"], arm["sentence"])
