import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.study.small import datasets, experiment, study
from thumblab.core.errors import UsageError, WriteError
from thumblab.data import Characters, Dataset
from thumblab.study import Study, answer, lock_study, read_lock, run, searching
from thumblab.study.search import Choices, Range, Search
from thumblab.study.searching import run_search, trial_seed, trials_of
from thumblab.study.winners import resolved

pytest.importorskip("optuna")

PEAK = ("schedule.max_lr", Range(0.01, 0.5, log=True))


def wanted(*space: object, **changes: object) -> Study:
    return study(search=Search(space or (PEAK,), **({"trials": 2} | changes)))


def test_a_search_makes_as_many_trials_of_every_arm_and_locks_the_best(tmp_path: Path) -> None:
    events = list(run_search(wanted(), runs=tmp_path))
    over = [each for each in events if each.kind == "done"]
    assert [each.arm for each in over] == ["plain", "longer", "plain", "longer"]
    assert [each.done for each in over] == [1, 2, 3, 4]
    assert over[0].settings == over[1].settings  # arms begin alike
    assert {each.trials for each in events} == {4}
    lock = read_lock(wanted(), tmp_path)
    assert lock is not None
    for arm in ("plain", "longer"):
        own = [each for each in over if each.arm == arm]
        best = max(own, key=lambda each: (each.accuracy, -each.number))
        assert lock.searched["arms"][arm]["settings"] == best.settings
        assert lock.searched["arms"][arm]["trials"] == 2
    assert lock.searched["seed"] == trial_seed(wanted()) == 1000
    assert list(run_search(wanted(), runs=tmp_path)) == []
    assert not list(tmp_path.rglob("*.safetensors"))


def test_a_search_that_is_stopped_finds_what_it_would_have_found(tmp_path: Path) -> None:
    whole = [e for e in run_search(wanted(), runs=tmp_path / "whole") if e.kind == "done"]
    events = run_search(wanted(), runs=tmp_path / "parts")
    with closing(events):
        for event in events:
            if (event.kind, event.arm, event.epoch) == ("epoch", "longer", 1):
                break  # in the middle of its trial
    lock = lock_study(wanted(), tmp_path / "parts", datasets())
    before = trials_of(wanted(), lock, datasets())
    assert {name: len(each) for name, each in before.items()} == {"plain": 1, "longer": 0}
    rest = [e for e in run_search(wanted(), runs=tmp_path / "parts") if e.kind == "done"]
    assert len(rest) == 3
    after = trials_of(wanted(), lock, datasets())
    for arm in ("plain", "longer"):
        found = [(dict(each.settings), each.accuracy) for each in after[arm]]
        assert found == [(each.settings, each.accuracy) for each in whole if each.arm == arm]


def test_a_stop_is_heard_and_freezes_nothing(tmp_path: Path) -> None:
    stop = iter([False] * 8 + [True] * 999)
    list(run_search(wanted(), runs=tmp_path, should_stop=lambda: next(stop)))
    lock = read_lock(wanted(), tmp_path)
    assert lock is not None
    assert lock.searched is None


def test_equal_settings_are_trained_once(tmp_path: Path) -> None:
    choices = ("batch", Choices(("32", "64")))
    events = list(run_search(wanted(choices, trials=4, sampler="random"), runs=tmp_path))
    repeated = [each for each in events if "had these settings" in each.message]
    trained = [each for each in events if each.kind == "done" and each not in repeated]
    for arm in ("plain", "longer"):
        batches = [each.settings["batch"] for each in trained if each.arm == arm]
        assert len(batches) == len(set(batches)) <= 2
    for each in repeated:
        (same,) = [e for e in trained if (e.arm, e.settings) == (each.arm, each.settings)]
        assert each.accuracy == same.accuracy
    assert len(repeated) + len(trained) == 8


def test_a_trial_that_diverges_is_a_trial(tmp_path: Path) -> None:
    asked = wanted(("optimizer.learning_rate", Choices(("0.1", "1e30"))), trials=6)
    events = list(run_search(asked, runs=tmp_path))
    assert {"done", "diverged"} < {each.kind for each in events}
    lock = read_lock(asked, tmp_path)
    plain = lock.searched["arms"]["plain"]
    assert plain["settings"] == {"optimizer.learning_rate": "0.1"}
    assert plain["done"] + plain["diverged"] == 6


def test_a_trial_that_cannot_be_trained_is_a_trial_but_a_full_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = [MemoryError("too large"), WriteError("the disk is full")]

    def fail(*arguments: object, **named: object) -> object:
        raise errors.pop(0)

    monkeypatch.setattr(searching, "attempt", fail)
    with pytest.raises(WriteError):
        list(run_search(wanted(), runs=tmp_path))
    trials = trials_of(wanted(), read_lock(wanted(), tmp_path), datasets())
    assert [(each.ended, each.note) for each in trials["plain"]] == [
        ("failed", "MemoryError: too large")
    ]
    assert trials["longer"] == []


def test_trials_may_be_shorter_and_never_see_the_validation_images(tmp_path: Path) -> None:
    whole = replace(experiment(), train_on="all")
    asked = Study(
        whole,
        arms={"plain": {}, "longer": {"epochs": 3}},
        search=Search((PEAK,), trials=1, epochs=1),
        name="small",
        question=replace(study().question, on="test"),
        seeds=study().seeds,
    )
    events = list(run_search(asked, runs=tmp_path))
    assert {each.epochs for each in events} == {1}
    lock = read_lock(asked, tmp_path)
    found = resolved(asked, lock)
    assert [arm.experiment.epochs for arm in found.each] == [1, 3]
    assert {arm.experiment.train_on for arm in found.each} == {"all"}
    about = list(tmp_path.rglob("trials/**/experiment.json"))
    assert len(about) == 2
    for path in about:
        text = path.read_text()
        assert '"train_on": "train"' in text
        assert '"seed": 1000' in text


def test_the_runs_and_the_audit_follow_the_search(tmp_path: Path) -> None:
    from thumblab.study.audited import declaration

    asked = wanted(trials=1)
    with pytest.raises(UsageError, match="search them first"):
        list(run(asked, runs=tmp_path))
    list(run_search(asked, runs=tmp_path))
    list(run(asked, runs=tmp_path))
    found = answer(asked, runs=tmp_path)
    declared = declaration(found.results, [])
    assert declared.search.trials == {"plain": 1, "longer": 1}
    assert (declared.search.seeds, declared.search.part) == ((1000,), "validation")
    assert not {"S01", "S06", "S07", "C03"} & {each.code for each in found.findings}
    assert found.to_json()["search"]["seed"] == 1000


def test_what_cannot_be_searched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"has no \[search\]"):
        list(run_search(study(), runs=tmp_path))
    none = study(
        base=replace(experiment(), validation=0.0),
        question=replace(study().question, on="test"),
        search=Search((PEAK,)),
    )
    with pytest.raises(UsageError, match="'plain' has no validation images"):
        list(run_search(none, runs=tmp_path))
    monkeypatch.setitem(sys.modules, "optuna", None)
    for name in [each for each in sys.modules if each.startswith("thumblab.study.tuning")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UsageError, match=r"pip install 'thumblab\[search\]'"):
        list(run_search(wanted(), runs=tmp_path))


def test_other_data_begin_other_trials(tmp_path: Path) -> None:
    lock = lock_study(wanted(), tmp_path, datasets())
    whole: Dataset = datasets()[Characters()]
    assert trials_of(wanted(), lock, {Characters(): whole}) == {"plain": [], "longer": []}
    list(run_search(wanted(), runs=tmp_path))
    assert len(trials_of(wanted(), lock, datasets())["plain"]) == 2
    other = replace(lock, values={**lock.values, "data": {"plain": "0", "longer": "0"}})
    assert trials_of(wanted(), other, datasets()) == {"plain": [], "longer": []}
    shorter = wanted(epochs=1)
    assert trials_of(shorter, lock, datasets()) == {"plain": [], "longer": []}
    assert len(trials_of(wanted(trials=3), lock, datasets())["plain"]) == 2
