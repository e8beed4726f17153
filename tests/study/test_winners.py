from pathlib import Path

import pytest

from tests.study.small import datasets, study
from thumblab.core.errors import UsageError
from thumblab.core.value import to_dict
from thumblab.study import cells, lock_study, merge_runs, read_lock
from thumblab.study.lock import Lock
from thumblab.study.search import Range, Search
from thumblab.study.space import applied
from thumblab.study.study import Question
from thumblab.study.trial import Trial
from thumblab.study.winners import before_search, freeze, resolved, search_rows

SEARCH = Search((("schedule.max_lr", Range(0.01, 0.5, log=True)),), trials=2)
WANTED = study(search=SEARCH)
TRIALS = {
    "plain": [
        Trial(0, {"schedule.max_lr": 0.1}, "done", 0.4),
        Trial(1, {"schedule.max_lr": 0.2}, "done", 0.5),
    ],
    "longer": [
        Trial(0, {"schedule.max_lr": 0.3}, "done", 0.6),
        Trial(2, {"schedule.max_lr": 0.02}, "diverged", note="infinite"),
    ],
}


def frozen(folder: Path) -> Lock:
    return freeze(WANTED, lock_study(WANTED, folder, datasets()), TRIALS, seed=1000)


def test_the_lock_has_the_settings_of_the_best_trials(tmp_path: Path) -> None:
    frozen(tmp_path)
    lock = read_lock(WANTED, tmp_path)
    assert lock is not None
    assert lock.searched is not None
    assert (lock.searched["seed"], lock.searched["part"]) == (1000, "validation")
    longer = lock.searched["arms"]["longer"]
    assert longer["settings"] == {"schedule.max_lr": 0.3}
    assert (longer["trials"], longer["done"], longer["diverged"], longer["number"]) == (2, 1, 1, 0)
    assert longer["tried"][1]["note"] == "infinite"
    assert longer["tried"][0]["settings"] == {"schedule.max_lr": 0.3}
    wanted = applied(WANTED.arm("longer").experiment, {"schedule.max_lr": 0.3})
    assert longer["experiment"] == to_dict(wanted)
    assert lock.deviations == []


def test_the_runs_of_a_study_have_the_settings_that_were_found(tmp_path: Path) -> None:
    lock = frozen(tmp_path)
    found = resolved(WANTED, lock)
    assert found.search is None
    peaks = {arm.name: arm.experiment.optimizer.learning_rate.max_lr for arm in found.each}
    assert peaks == {"plain": 0.2, "longer": 0.3}
    assert found.arm("longer").edits == (("epochs", "2"), ("schedule.max_lr", "0.3"))
    every = cells(found, lock.fingerprints(found))
    assert {cell.experiment.seed for cell in every} == {0, 1}
    assert before_search(WANTED, lock) == found
    assert resolved(study(), lock) == study()


def test_how_settings_were_found_is_told(tmp_path: Path) -> None:
    lock = frozen(tmp_path)
    assert search_rows(WANTED, lock) == (
        (
            "settings",
            "the best of 2 trials of each arm on validation images with seed 1000, which no run has",
        ),
        ("settings of plain", "schedule.max_lr=0.2"),
        ("settings of longer", "schedule.max_lr=0.3"),
    )
    assert search_rows(study(), lock_study(study(name="none"), tmp_path, datasets())) == ()


def test_nothing_is_run_before_the_search_is_done(tmp_path: Path) -> None:
    lock = lock_study(WANTED, tmp_path, datasets())
    for call in (
        lambda: resolved(WANTED, lock),
        lambda: cells(WANTED, lock.fingerprints(WANTED)),
        lambda: merge_runs(WANTED, [tmp_path], runs=tmp_path, datasets=datasets()),
    ):
        with pytest.raises(UsageError, match="have not been searched yet") as caught:
            call()
        assert caught.value.remedies == ("search",)
    assert before_search(WANTED, lock).search is None
    assert before_search(WANTED, None).arms == WANTED.arms


def test_an_arm_of_which_nothing_could_be_trained_is_told(tmp_path: Path) -> None:
    lock = lock_study(WANTED, tmp_path, datasets())
    bad = TRIALS | {
        "plain": [Trial(0, {}, "failed", note="too large"), Trial(1, {}, "pruned", 0.1)]
    }
    with pytest.raises(UsageError, match=r"none of 2 trials of arm 'plain'.*\(too large\)"):
        freeze(WANTED, lock, bad, seed=1)


def test_what_was_found_stands_while_what_it_depends_on_does(tmp_path: Path) -> None:
    frozen(tmp_path)
    asked = study(search=SEARCH, question=Question(matters=1))
    kept = lock_study(asked, tmp_path, datasets(), amend="a point is enough")
    assert kept.searched is not None
    more = study(search=Search(SEARCH.space, trials=3), question=Question(matters=1))
    dropped = lock_study(more, tmp_path, datasets(), amend="two trials are too few")
    assert dropped.searched is None
    assert "search.trials 2 -> 3" in dropped.deviations[-1]["what"]


def test_what_was_found_on_another_machine_is_taken_over(tmp_path: Path) -> None:
    frozen(tmp_path / "there")
    merged = merge_runs(WANTED, [tmp_path / "there"], runs=tmp_path / "here", datasets=datasets())
    assert merged.missing == 4
    lock = read_lock(WANTED, tmp_path / "here")
    assert lock is not None
    assert resolved(WANTED, lock).arm("plain").edits == (("schedule.max_lr", "0.2"),)
