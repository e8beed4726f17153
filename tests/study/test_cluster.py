import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.study.small import datasets, experiment, study
from thumblab.core.errors import UsageError
from thumblab.data import Arrays
from thumblab.storage import sealed
from thumblab.study import Event, counts, run, status
from thumblab.study.archive import pack
from thumblab.study.cluster import _Cluster, _LostError
from thumblab.study.lease import Leases
from thumblab.study.queue import LEASES, UNFINISHED, is_done

pytest.importorskip("distributed")

(DATA,) = datasets().values()
NAME = experiment().key(DATA.fingerprint)[:12]


class Client:
    """A scheduler of which the test says what it answers."""

    def __init__(self) -> None:
        self.submitted: list[str] = []

    def submit(self, function: Any, name: str, *_: Any, **__: Any) -> Any:
        self.submitted.append(name)
        return SimpleNamespace(add_done_callback=lambda _: None, release=lambda: None)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[_Cluster]:
    made = _Cluster({NAME: experiment()}, tmp_path, "tcp://nowhere:1", None, client=Client())
    made._submit(NAME)
    yield made
    for lease in made.leases.values():
        lease.release()


def kinds(events: Iterator[Event]) -> list[str]:
    return [event.kind for event in events]


def test_a_result_is_published_and_the_lease_given_back(
    cluster: _Cluster, finished: Path, tmp_path: Path
) -> None:
    assert kinds(cluster._noted(NAME, Event("began"))) == ["began"]
    assert Leases(tmp_path / LEASES).holder(NAME)
    assert kinds(cluster._noted(NAME, Event("epoch", epoch=1))) == ["epoch"]
    archive = pack(finished / NAME)
    assert kinds(cluster._answered(NAME, {"kind": "done"}, archive)) == ["done"]
    assert is_done(tmp_path, NAME)
    assert not list((tmp_path / LEASES).iterdir())
    assert not list((tmp_path / UNFINISHED).iterdir())
    assert not cluster.todo


def test_a_cell_that_takes_three_workers_with_it_has_failed(
    cluster: _Cluster, tmp_path: Path
) -> None:
    for number in range(3):
        seen = kinds(cluster._noted(NAME, Event("began")))
        assert seen == (["lost", "began"] if number else ["began"])
    assert kinds(cluster._noted(NAME, Event("began"))) == ["lost", "failed"]
    assert "3 workers died" in (Leases(tmp_path / LEASES).failure(NAME) or "")
    assert not cluster.todo


def test_a_process_that_dies_is_tried_again_and_who_only_waited_there_is_not_to_blame(
    cluster: _Cluster,
) -> None:
    lost = {"kind": "lost", "message": "its process ended with signal 9"}
    for _ in range(2):
        list(cluster._noted(NAME, Event("began")))
        assert kinds(cluster._answered(NAME, lost, b"")) == ["lost"]
    list(cluster._noted(NAME, Event("began")))
    assert kinds(cluster._answered(NAME, lost, b"")) == ["failed"]
    assert cluster.client.submitted == [NAME] * 3


def test_what_cannot_be_trained_fails_and_says_whose_data_were_missing(
    cluster: _Cluster, tmp_path: Path
) -> None:
    about = {"kind": "failed", "message": "emnist is not here"}
    (event,) = cluster._answered(NAME, about, b"")
    assert event.message == (
        "emnist is not here (on a worker of the Dask cluster, which reads data from where its data lie on "
        "its own disk)"
    )
    assert Leases(tmp_path / LEASES).failure(NAME) == event.message


@pytest.mark.parametrize("what", ["nonsense", "another run", "no result"])
def test_what_is_no_result_is_not_published(
    cluster: _Cluster, finished: Path, tmp_path: Path, what: str
) -> None:
    archive = b"nonsense"
    if what == "another run":
        other = next(each.name for each in status(study(), finished) if each.name != NAME)
        archive = pack(finished / other)
    if what == "no result":
        (tmp_path / "a").mkdir()
        for name in ("experiment.json", "environment.json"):
            (tmp_path / "a" / name).write_bytes((finished / NAME / name).read_bytes())
        archive = pack(tmp_path / "a")
    assert kinds(cluster._answered(NAME, {"kind": "done"}, archive)) == ["failed"]
    assert not is_done(tmp_path, NAME)


def test_an_answer_is_waited_for_in_a_thread(cluster: _Cluster) -> None:
    from distributed import KilledWorker

    def future(status: str, error: BaseException | None) -> Any:
        def result() -> Any:
            if error is not None:
                raise error
            return {"kind": "done"}, b"x"

        return SimpleNamespace(status=status, result=result)

    killed = KilledWorker("a", SimpleNamespace(address="tcp://far"), 3)
    for status_, error, wanted in (
        ("finished", None, ({"kind": "done"}, b"x")),
        ("error", killed, ({"kind": "lost", "message": "the last on tcp://far"}, b"")),
        ("error", OSError("full"), ({"kind": "failed", "message": "OSError: full"}, b"")),
    ):
        cluster._fetch(1, NAME, future(status_, error))
        assert cluster.heard.get()[2] == wanted
    cluster._fetch(1, NAME, future("cancelled", KeyboardInterrupt()))
    assert isinstance(cluster.heard.get()[2], _LostError)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    arrays = Arrays(DATA.train.images[:99], DATA.train.labels[:99] % 47)
    in_memory = study(base=experiment().__class__(arrays, experiment().model, epochs=1))
    with pytest.raises(UsageError, match="data in memory"):
        list(run(in_memory, runs=tmp_path / "a", dask="tcp://127.0.0.1:1"))
    monkeypatch.setattr("thumblab.study.cluster.CONNECT_SECONDS", 0.2)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 "):
        list(run(study(), runs=tmp_path, dask="tcp://127.0.0.1:1"))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'thumblab\[cluster\]'"):
        list(run(study(), runs=tmp_path, dask="tcp://127.0.0.1:1"))


# ----- With a scheduler and workers as processes -----


@contextmanager
def dask(folder: Path, port: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """A scheduler and two workers; the scheduler is the first."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny"]
    worker += ["--no-dashboard", "--local-directory", str(folder)]
    started = []
    try:
        for words in (scheduler, worker, worker):
            command = [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:]]
            started.append(subprocess.Popen(command, **quiet))
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_worker_is_killed_and_the_scheduler_started_again(finished: Path, tmp_path: Path) -> None:
    with port_that_is_free() as found:
        port = found
    address = f"tcp://127.0.0.1:{port}"
    seen = []
    with dask(tmp_path, port) as (scheduler, worker, *_):
        events = run(study(), runs=tmp_path / "runs", dask=address)
        for event in events:
            seen.append(event.kind)
            if event.kind == "began" and "lost" not in seen and worker.poll() is None:
                worker.kill()
            if event.kind == "done":
                scheduler.kill()
                break
    with dask(tmp_path, port):
        seen += kinds(events)
    assert seen.count("done") == 4
    assert "warning" in seen  # the scheduler was gone
    for each in status(study(), finished):
        one, other = (
            sealed.read(runs / each.name / "result.json") for runs in (finished, tmp_path / "runs")
        )
        assert one["status"] == other["status"] == "done"
    assert counts(study(), tmp_path / "runs").done == 4
    assert not list((tmp_path / "runs" / LEASES).iterdir())
    assert not list((tmp_path / "runs" / UNFINISHED).iterdir())


@contextmanager
def port_that_is_free() -> Iterator[int]:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening.getsockname()[1]
