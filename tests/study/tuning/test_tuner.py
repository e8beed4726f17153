import multiprocessing
import time
from pathlib import Path

import pytest

optuna = pytest.importorskip("optuna")

from thumblab.study.search import Range, Search  # noqa: E402
from thumblab.study.tuning import Tuner, open_storage  # noqa: E402
from thumblab.study.tuning import tuner as module  # noqa: E402

SEARCH = Search((("schedule.max_lr", Range(0.01, 0.5, log=True)),), trials=3)


def tuner(folder: Path, search: Search = SEARCH, **changes: object) -> Tuner:
    storage = open_storage(f"sqlite:///{folder / 'search.sqlite'}")
    wanted = {"epochs": 9, "seed": 1} | changes
    return Tuner(storage, "small/plain", search, **wanted)


def test_trials_are_asked_for_until_there_are_enough(tmp_path: Path) -> None:
    own = tuner(tmp_path)
    for number, ended in enumerate(("done", "diverged", "pruned")):
        trial = own.ask()
        assert trial is not None
        assert trial.number == number
        trial.end(ended, None if ended == "diverged" else 0.5, seconds=2, note=ended)
    assert own.ask() is None
    found = tuner(tmp_path).trials()
    assert [each.ended for each in found] == ["done", "diverged", "pruned"]
    assert [each.accuracy for each in found] == [0.5, None, 0.5]
    assert (found[1].note, found[1].seconds) == ("diverged", 2)
    assert len({each.settings["schedule.max_lr"] for each in found}) == 3


def test_a_trial_that_is_given_back_is_replaced_by_the_same_settings(tmp_path: Path) -> None:
    own = tuner(tmp_path)
    first = own.ask()
    first.abandon()
    again = own.ask()
    assert (again.number, again.settings) == (1, first.settings)
    assert own.trials() == []
    again.end("done", 0.5)
    assert [each.number for each in own.trials()] == [1]


def test_trials_under_way_count(tmp_path: Path) -> None:
    own, other = tuner(tmp_path), tuner(tmp_path)
    running = [own.ask(), other.ask(), own.ask()]
    assert other.ask() is None
    running[1].abandon()
    assert other.ask().number == 3


def test_a_trial_whose_process_died_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 1000)
    own = tuner(tmp_path, Search(SEARCH.space, trials=1), grace=0.01)
    dead = tuner(tmp_path, Search(SEARCH.space, trials=1)).ask()
    own.give_up_stale()
    assert own.ask() is None
    time.sleep(0.02)
    own.give_up_stale()
    replaced = own.ask()
    assert replaced is not None
    assert replaced.settings != dead.settings
    dead.end("done", 0.9)
    assert dead.lost
    assert not dead.report(0.9, 1)
    replaced.end("done", 0.1)
    assert [each.accuracy for each in own.trials()] == [0.1]


def test_a_trial_whose_process_lives_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    own = tuner(tmp_path, grace=0)
    trial = own.ask()
    own.give_up_stale()
    (before, _) = own._seen[0]
    while own._counting()[0].user_attrs.get("beats") == before:
        pass
    own.give_up_stale()
    assert not trial.lost
    trial.end("done", 0.5)
    assert len(own.trials()) == 1


def test_bad_trials_are_stopped_early(tmp_path: Path) -> None:
    own = tuner(tmp_path, Search(SEARCH.space, trials=9, pruner="asha"))
    early = []
    for level in (0.9, 0.8, 0.7, 0.6, 0.1, 0.1):
        trial = own.ask()
        early.append(any(trial.report(level, epoch) for epoch in range(1, 10)))
        trial.end("pruned" if early[-1] else "done", level)
    assert not early[0]
    assert early[4:] == [True, True]


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_no_two_trials_begin_alike_in_any_bracket(tmp_path: Path, sampler: str) -> None:
    own = tuner(tmp_path, Search(SEARCH.space, trials=8, sampler=sampler, pruner="hyperband"))
    while (trial := own.ask()) is not None:
        trial.report(0.5, 1)
        trial.end("done", 0.5)
    assert len({each.settings["schedule.max_lr"] for each in own.trials()}) == 8


def test_one_of_two_that_ask_at_once_gives_its_trial_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = (tuner(tmp_path, Search(SEARCH.space, trials=1)) for _ in range(2))
    first, counting = other.ask(), own._counting
    answers: list[list] = [[]]  # as the storage was before the other one asked
    monkeypatch.setattr(own, "_counting", lambda: answers.pop() if answers else counting())
    assert own.ask() is None
    first.end("done", 0.5)
    assert [each.number for each in own.trials()] == [0]


def search_alone(folder: Path) -> int:
    own, made = tuner(folder, Search(SEARCH.space, trials=12)), 0
    while (trial := own.ask()) is not None:
        made += 1
        trial.end("done", 0.5)
    return made


def test_processes_together_make_as_many_trials_as_were_declared(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        made = pool.map(search_alone, [tmp_path] * 2, chunksize=1)
    assert sum(made) == 12
    assert len(tuner(tmp_path, Search(SEARCH.space, trials=12)).trials()) == 12
