from __future__ import annotations

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.data import Dataset
from thumblab.evaluation import evaluate
from thumblab.evaluation.comparison import compare
from thumblab.runs import Run, ledger


@pytest.fixture
def three(finished: Run, tmp_path: Path) -> list[Run]:
    """Runs in one folder, copies under other names; nobody has evaluated them."""
    folders = [tmp_path / "runs" / f"{place}23456789abc" for place in range(3)]
    for folder in folders:
        shutil.copytree(finished.folder, folder)
    return [Run.open(folder) for folder in folders]


def lines(runs: Path) -> list[str]:
    return (runs / ledger.NAME).read_text().splitlines()


def test_runs_of_a_folder_are_counted_together(three: list[Run]) -> None:
    """Sixty runs are not sixty first evaluations of one test set."""
    found = [evaluate(run).evaluations for run in (*three, *three)]
    assert found == [1, 2, 3, 4, 5, 6]
    assert [ledger.count(run) for run in three] == [6, 6, 6]
    assert [len(run.evaluations) for run in three] == [2, 2, 2]
    assert len(lines(three[0].folder.parent)) == 6


def test_whoever_evaluates_is_counted(three: list[Run]) -> None:
    assert evaluate(three[0], dataset()).evaluations == 1  # the same test set, given as data
    assert evaluate(three[1]).evaluations == 2
    list(compare(three[:1], np.ones(47, int), final=True))
    assert ledger.count(three[2]) == 3


def test_a_test_set_is_known_by_its_images_and_labels(three: list[Run]) -> None:
    few = dataset()
    assert few.test is not None
    other = Dataset("renamed", few.train.take(np.arange(100)), few.test, few.classes)
    assert evaluate(three[0]).evaluations == 1
    assert evaluate(three[0], other).evaluations == 2  # other training images, the same test set
    fewer = replace(few, name="fewer", test=few.test.take(np.arange(40)))
    assert evaluate(three[0], fewer).evaluations == 1
    assert evaluate(three[1]).evaluations == 3


def test_a_ledger_that_is_gone_or_cut_is_rebuilt(three: list[Run]) -> None:
    runs = three[0].folder.parent
    for run in three:
        evaluate(run)
    path = runs / ledger.NAME
    whole = path.read_bytes()
    for cut in (0, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert ledger.count(three[0]) == 3
    for cut in (1, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole[:cut])
        with pytest.warns(UserWarning, match=r"1 lines of .* are damaged; what they said"):
            assert ledger.count(three[0]) == 3
    path.unlink()
    assert evaluate(three[0]).evaluations == 4
    assert len(lines(runs)) == 4


def test_an_edited_line_is_not_believed(three: list[Run]) -> None:
    runs = three[0].folder.parent
    for run in three:
        evaluate(run)
    path = runs / ledger.NAME
    path.write_text(path.read_text().replace(three[0].evaluations[0]["id"], "0" * 16))
    with pytest.warns(UserWarning, match="are damaged"):
        assert ledger.count(three[0]) == 3


def test_evaluations_of_a_run_that_is_gone_still_count(three: list[Run]) -> None:
    for run in three:
        evaluate(run)
    shutil.rmtree(three[1].folder)
    assert ledger.count(three[0]) == 3
    assert evaluate(three[2]).evaluations == 4


def test_runs_of_earlier_versions_count_from_their_own_lines(three: list[Run]) -> None:
    for run in three[:2]:
        told = {"data": "own", "images": 47, "accuracy": 0.5, "loss": 1.0, "when": "2026-01-01"}
        (run.folder / "evaluations.jsonl").write_text(json.dumps(told) + "\n")
        about = json.loads((run.folder / "experiment.json").read_text())
        for name in ("experiment", "result"):
            path = run.folder / f"{name}.json"
            value = json.loads(path.read_text())
            drop = ("sha256", "test_fingerprint", "schema")
            path.write_text(
                json.dumps({k: v for k, v in value.items() if k not in drop} | {"schema": 1})
            )
        assert about["fingerprint"]
    assert ledger.count(Run.open(three[2].folder)) == 2
    assert evaluate(three[2]).evaluations == 3


def _evaluate(folder: str) -> int:
    return evaluate(Run.open(folder)).evaluations


def test_processes_at_once_lose_nothing_and_have_numbers_of_their_own(three: list[Run]) -> None:
    folders = [str(run.folder) for run in three] * 4
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_evaluate, folders))
    assert sorted(found) == list(range(1, 13))
