from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tests.study.small import datasets, experiment
from thumblab.data import Characters
from thumblab.experiment import Experiment
from thumblab.optim import SGD
from thumblab.runs import Run
from thumblab.study.event import Event
from thumblab.study.queue import LEASES, UNFINISHED
from thumblab.study.working import work
from thumblab.training import train

(DATA,) = datasets().values()


def named(*wanted: Experiment) -> dict[str, Experiment]:
    return {each.key(DATA.fingerprint)[:12]: each for each in wanted}


def worked(cells: dict[str, Experiment], runs: Path, **options: object) -> list[Event]:
    return list(work(cells, runs, datasets=dict(datasets()), workers=1, **options))


def test_a_run_is_trained_published_and_told_of(tmp_path: Path) -> None:
    cells = named(experiment())
    (name,) = cells
    events = worked(cells, tmp_path)
    assert [event.kind for event in events] == ["began", "epoch", "done"]
    assert {event.cell for event in events} == {name}
    run = Run(tmp_path / name)
    assert run.status == "done"
    assert run.result is not None
    assert events[-1].accuracy == run.result["validation_accuracy"]
    assert worked(cells, tmp_path) == []


def test_the_result_is_that_of_a_plain_training(tmp_path: Path) -> None:
    (name,) = cells = named(experiment())
    worked(cells, tmp_path / "study")
    list(train(experiment(), dataset=DATA, runs=tmp_path / "plain", workers=1))
    results = [Run(tmp_path / where / name).result or {} for where in ("study", "plain")]
    for digest in ("weights_sha256", "predictions_sha256"):
        assert results[0][digest] == results[1][digest]


def test_what_was_stopped_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    cells = named(replace(experiment(), epochs=3))
    (name,) = cells
    asked = [False]
    for event in work(
        cells, tmp_path, datasets=dict(datasets()), workers=1, should_stop=lambda: asked[0]
    ):
        asked[0] = asked[0] or event.kind == "epoch"
        last = event
    assert last.kind == "stopped"
    assert not (tmp_path / name).exists()
    assert [e.epoch for e in worked(cells, tmp_path) if e.kind == "epoch"][:1] == [1]
    worked(cells, tmp_path / "whole")
    results = [Run(folder / name).result or {} for folder in (tmp_path, tmp_path / "whole")]
    assert results[0]["weights_sha256"] == results[1]["weights_sha256"]
    assert not list((tmp_path / UNFINISHED).iterdir())


def test_a_run_that_diverges_is_a_result(tmp_path: Path) -> None:
    cells = named(replace(experiment(), optimizer=SGD(learning_rate=1e30)))
    events = worked(cells, tmp_path)
    assert events[-1].kind == "diverged"
    assert "try a lower learning rate" in events[-1].message
    assert worked(cells, tmp_path) == []


def test_what_cannot_be_trained_fails_alone(tmp_path: Path) -> None:
    wrong = replace(experiment(), batch=64, validation=0.0, restore_best="best")
    cells = named(wrong, experiment())
    events = worked(cells, tmp_path)
    assert [event.kind for event in events] == ["began", "failed", "began", "epoch", "done"]
    assert "restore_best" in events[1].message
    assert (tmp_path / LEASES / f"{next(iter(cells))}.failed").exists()


def test_warnings_name_the_folder_where_the_run_will_be(tmp_path: Path) -> None:
    (name,) = cells = named(experiment())
    with pytest.warns(UserWarning, match="ends at chance level") as seen:
        worked(cells, tmp_path)
    assert str(seen[0].message).startswith(f"{tmp_path / name} ends")


def test_who_loses_its_lease_stops_and_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thumblab.study.lease.BEAT_SECONDS", 0.01)
    cells = named(replace(experiment(), epochs=1000))
    (name,) = cells
    kinds = []
    for event in work(cells, tmp_path, datasets=dict(datasets()), workers=1):
        kinds.append(event.kind)
        if event.kind == "epoch":
            (tmp_path / LEASES / f"{name}.2").write_text('{"holder": "elsewhere:1"}')
        if event.kind == "lost":
            break
    assert kinds[-1] == "lost"
    assert kinds.count("epoch") < 1000
    assert not (tmp_path / name).exists()
    assert not list((tmp_path / UNFINISHED).iterdir())
    assert not (tmp_path / LEASES / f"{name}.failed").exists()


def test_what_was_taken_over_torn_is_trained_from_the_start(tmp_path: Path) -> None:
    (name,) = cells = named(replace(experiment(), epochs=3))
    asked = [False]
    for event in work(
        cells, tmp_path, datasets=dict(datasets()), workers=1, should_stop=lambda: asked[0]
    ):
        asked[0] = asked[0] or event.kind == "epoch"
    (left,) = (tmp_path / UNFINISHED).glob(f"{name}.*/{name}")
    for path in left.glob("checkpoints/*"):
        path.write_bytes(b"torn")
    events = worked(cells, tmp_path)
    assert [e.epoch for e in events if e.kind == "epoch"] == [1, 2, 3]
    assert events[-1].kind == "done"


def test_what_goes_wrong_after_the_lease_was_lost_is_no_failure_of_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = cells = named(experiment())

    def lose(*_: object, **__: object) -> None:
        (tmp_path / LEASES / f"{name}.2").write_text("{}")
        raise OSError("the files are gone")

    monkeypatch.setattr("thumblab.study.working.steps", lose)
    events = work(cells, tmp_path, datasets=dict(datasets()), workers=1)
    assert [event.kind for event in islice(events, 2)] == ["began", "lost"]
    assert not (tmp_path / LEASES / f"{name}.failed").exists()


def test_an_error_of_any_kind_fails_one_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thumblab.study.working.steps", lambda *_, **__: {}["missing"])
    events = worked(named(experiment(), replace(experiment(), seed=1)), tmp_path)
    assert [event.kind for event in events] == ["began", "failed"] * 2
    assert events[1].message == "KeyError: 'missing'"


def test_other_data_than_the_study_was_locked_with_are_told(tmp_path: Path) -> None:
    events = worked({"0" * 12: experiment()}, tmp_path)
    assert events[-1].kind == "failed"
    assert "not those that the study was locked with" in events[-1].message


def test_data_are_read_once_if_they_are_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def read(source: Characters, root: object) -> object:
        asked.append(source)
        return DATA

    monkeypatch.setattr("thumblab.study.working.read", read)
    list(work(named(experiment(), replace(experiment(), seed=1)), tmp_path, workers=1))
    assert asked == [Characters()]
