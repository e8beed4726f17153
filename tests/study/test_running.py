import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.study.small import experiment, study
from thumblab.core.errors import UsageError
from thumblab.data import Arrays
from thumblab.storage import sealed
from thumblab.study import Event, Study, counts, run, status
from thumblab.study.lease import Leases
from thumblab.study.queue import LEASES, UNFINISHED
from thumblab.study.running import _surroundings
from thumblab.study.status import CellStatus


def test_every_run_is_done_once(finished: Path) -> None:
    found = counts(study(), finished)
    assert (found.cells, found.done, found.failed, found.running) == (4, 4, 0, 0)
    assert list(run(study(), runs=finished)) == []
    assert list(run(study(), runs=finished, workers=2)) == []


def test_two_workers_give_the_same_results(finished: Path, tmp_path: Path) -> None:
    events = list(run(study(), runs=tmp_path, workers=2))
    assert {event.worker for event in events if event.kind == "done"} <= {0, 1}
    assert sum(event.kind == "done" for event in events) == 4
    for each in status(study(), finished):
        assert (tmp_path / each.name / "result.json").exists()
    assert not list((tmp_path / UNFINISHED).iterdir())


def test_a_worker_that_dies_is_replaced_and_a_cell_that_kills_three_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = study(
        arms={"plain": {"epochs": 100_000}, "quick": {"batch": 32}},
    )
    events = run(long, runs=tmp_path, workers=2)
    slow = {each.name for each in status_after_lock(long, tmp_path, events) if each.arm == "plain"}
    killed = 0
    for event in events:
        if event.kind == "epoch" and event.cell in slow:
            killed += 1
            os.kill(pids(tmp_path)[event.cell], signal.SIGKILL)
        if event.kind == "failed":
            assert "3 workers died" in event.message
            break
    events.close()
    assert killed >= 3
    assert counts(long, tmp_path).failed >= 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system stops no process")
def test_a_worker_that_stands_still_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thumblab.study.running.STOP_SECONDS", 0.5)
    done, frozen = [], ""
    for event in run(study(), runs=tmp_path, workers=2, grace=1.0):
        if event.kind == "began" and not frozen:
            frozen = event.cell
            os.kill(pids(tmp_path)[frozen], signal.SIGSTOP)
        if event.kind == "done":
            done.append(event.cell)
    assert sorted(done) == sorted(each.name for each in status(study(), tmp_path))
    assert counts(study(), tmp_path).done == 4


def test_a_study_that_is_killed_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    runs = tmp_path / "killed"
    command = "import sys; from tests.study.small import study; from thumblab.study import run\n"
    command += (
        "for event in run(study(), runs=sys.argv[1], workers=2): print(event.kind, flush=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", command, str(runs)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while process.stdout.readline() != "began\n":
        pass
    process.kill()
    process.wait()
    process.stdout.close()
    for place in (runs, tmp_path / "whole"):
        list(run(study(), runs=place, workers=2))
    for each in status(study(), runs):
        one, other = (
            sealed.read(place / each.name / "result.json") for place in (runs, tmp_path / "whole")
        )
        assert one["weights_sha256"] == other["weights_sha256"]
        assert one["predictions_sha256"] == other["predictions_sha256"]
    assert not list((runs / UNFINISHED).iterdir())
    assert not list((runs / LEASES).iterdir())


def status_after_lock(wanted: Study, runs: Path, events: Iterator[Event]) -> list[CellStatus]:
    next(events)
    return status(wanted, runs)


def pids(runs: Path) -> dict[str, int]:
    leases = Leases(runs / LEASES)
    names = {path.name.partition(".")[0] for path in (runs / LEASES).iterdir()}
    holders = {name: leases.holder(name) for name in names}
    return {name: int(each.rpartition(":")[2]) for name, each in holders.items() if each}


def test_closing_stops_the_workers_and_the_next_call_goes_on(tmp_path: Path) -> None:
    long = study(arms={"plain": {"epochs": 100_000}, "quick": {"batch": 32}})
    events = run(long, runs=tmp_path, workers=2)
    for event in events:
        if event.kind == "epoch" and event.epochs > 1:
            break
    events.close()
    assert not pids(tmp_path)
    states = [each.status for each in status(long, tmp_path)]
    assert "stopped" in states
    assert "running" not in states


def test_a_shard_is_a_part_of_the_runs(tmp_path: Path) -> None:
    list(run(study(), runs=tmp_path, shard=(0, 2)))
    assert [each.status for each in status(study(), tmp_path)] == [
        "done", "missing", "done", "missing",
    ]  # fmt: skip


def test_arrays_in_memory_are_trained_on_by_this_process(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (200, 28, 28), dtype=np.uint8)
    data = Arrays(images, np.arange(200) % 47, classes=tuple(map(str, range(47))))
    base = replace(experiment(), data=data)
    events = list(run(study(base=base), runs=tmp_path, workers=2))
    assert sum(event.kind == "done" for event in events) == 4


def test_a_study_that_was_changed_is_refused(finished: Path) -> None:
    with pytest.raises(UsageError, match=r"question\.matters 5 -> 1"):
        list(run(study(question=replace(study().question, matters=1)), runs=finished))


def test_each_worker_has_a_gpu_of_its_own_where_pytorch_computes_on_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("thumblab.study.running._gpus", lambda: 2)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    torch = replace(experiment(), engine="torch", device="auto")
    seen = [_surroundings(n, [torch]).get("CUDA_VISIBLE_DEVICES") for n in range(3)]
    assert seen == ["0", "1", "0"]
    assert "CUDA_VISIBLE_DEVICES" not in _surroundings(0, [experiment()])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    assert _surroundings(1, [torch])["CUDA_VISIBLE_DEVICES"] == "7"
