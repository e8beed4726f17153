"""Running a study on a Dask cluster that the user has: a cell a task, and its run folder comes back.

No disk is shared. Each result is fetched and published the moment it is there, since Dask computes anew
what was on a worker that dies. A cell that takes three workers with it has failed. When the scheduler
is restarted, what is missing is submitted again.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from thumblab.core.errors import RunError, UsageError
from thumblab.core.value import to_dict
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.runs import Run
from thumblab.runs.own_code import named_modules
from thumblab.study.archive import unpack
from thumblab.study.cluster_task import train_cell
from thumblab.study.event import Event
from thumblab.study.lease import Lease, Leases
from thumblab.study.queue import LEASES, PART, UNFINISHED, put, why

MOST_DEATHS = 3
POLL_SECONDS = 0.2
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 1.0


def distributed() -> ModuleType:
    """The package dask.distributed.

    Raises:
        UsageError: If it is not installed.
    """
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise UsageError(
            "a Dask cluster needs dask.distributed; install it with pip install 'thumblab[cluster]'"
        ) from error
    return distributed


def run_on_cluster(
    todo: Mapping[str, Experiment],
    runs: Path,
    address: str,
    *,
    root: Path | str | None,
    should_stop: Callable[[], bool],
) -> Iterator[Event]:
    """Trains the experiments, by the name of their run folders, on the cluster, and yields what happens.

    Args:
        todo: What to train, in order.
        runs: Folder of the runs, on this machine.
        address: Of the scheduler, such as ``tcp://10.0.0.1:8786``, or the file that it wrote (``.json``).
        root: Folder with the data's files, the same on all machines, which read them themselves.
        should_stop: Asked all the time; once it is true, what is under way is canceled.

    Raises:
        UsageError: If no scheduler answers, or dask.distributed is not installed.
    """
    distributed()
    cluster = _Cluster(dict(todo), runs, address, None if root is None else os.path.abspath(root))
    try:
        cluster.connect()
        yield from cluster.events(should_stop)
    finally:
        cluster.close()


@dataclass
class _Cluster:
    """The tasks of a study that a scheduler has, and what comes of them.

    Attributes:
        futures: Of the cells that are not done, by name.
        begun: How often each was begun, on this connection: for a scheduler that goes no cell is to blame.
        lost: How often each came back without a result.
        running: Those that are being trained.
        heard: What was heard, with the number of the connection, the cell, and an event or an answer.
    """

    todo: dict[str, Experiment]
    runs: Path
    address: str
    root: str | None
    client: Any = None
    connection: int = 0
    topic: str = ""
    futures: dict[str, Any] = field(default_factory=dict)
    begun: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    running: set[str] = field(default_factory=set)
    leases: dict[str, Lease] = field(default_factory=dict)
    heard: queue.Queue[tuple[int, str, Any]] = field(default_factory=queue.Queue)

    def connect(self) -> None:
        """Submits everything that is to be done to the scheduler."""
        at = {"scheduler_file": self.address} if self.address.endswith(".json") else {}
        try:
            self.client = distributed().Client(
                **(at or {"address": self.address}), timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {self.address} ({type(error).__name__}); start one, or give "
                "the address that it prints"
            ) from error
        self.connection += 1
        self.begun.clear()
        self.lost.clear()
        self.running.clear()
        self.topic = f"thumblab-{secrets.token_hex(8)}"
        number = self.connection
        self.client.subscribe_topic(
            self.topic,
            lambda answer: self.heard.put((number, answer[1]["cell"], Event(**answer[1]))),
        )
        for name in self.todo:
            self._submit(name)

    def close(self) -> None:
        """Ends the connection, by which the scheduler cancels what is not done, and gives leases back."""
        if self.client is not None:
            with suppress(Exception):  # a scheduler that is gone
                self.client.close(timeout=CONNECT_SECONDS)
        for lease in self.leases.values():
            lease.release()

    def events(self, should_stop: Callable[[], bool]) -> Iterator[Event]:
        """What happens, until every cell is done or has failed, or all are to stop."""
        if not self.client.scheduler_info()["workers"]:
            yield Event(
                "warning", message="the Dask cluster has no workers yet, which are waited for"
            )
        while self.todo and not should_stop():
            try:
                connection, name, what = self.heard.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if connection != self.connection or (name and name not in self.todo):
                continue
            if isinstance(what, _LostError):
                yield Event("warning", message="the Dask scheduler is gone, and waited for")
                if not self._reconnected(should_stop):
                    return
            elif isinstance(what, Event):
                yield from self._noted(name, what)
            else:
                yield from self._answered(name, *what)

    def _submit(self, name: str) -> None:
        value = to_dict(self.todo[name])
        # A key of its own each time: nothing is taken for what was canceled a moment ago.
        future = self.client.submit(
            train_cell,
            name,
            json.loads(json.dumps(value)),
            self.root,
            sorted(named_modules([value])),
            {"engine": ENGINE_VERSION, "topic": self.topic},
            key=f"thumblab-{name}-{secrets.token_hex(4)}",
            pure=False,
        )
        self.futures[name] = future
        fetch = threading.Thread(
            target=self._fetch, args=(self.connection, name, future), daemon=True
        )
        future.add_done_callback(lambda _: fetch.start())

    def _fetch(self, connection: int, name: str, future: Any) -> None:
        """Waits for an answer that may have to be computed again, in a thread of its own."""
        try:
            answer = future.result()
        except BaseException as error:  # Dask's cancellation is no Exception
            if future.status != "error":
                answer = _LostError(error)
            elif isinstance(error, distributed().KilledWorker):
                answer = (
                    {"kind": "lost", "message": f"the last on {error.last_worker.address}"},
                    b"",
                )
            else:  # of the task, or of a worker that cannot read it
                answer = {"kind": "failed", "message": why(error)}, b""
        self.heard.put((connection, name, answer))

    def _noted(self, name: str, event: Event) -> Iterator[Event]:
        if event.kind != "began":
            yield replace(event, cell=name)
            return
        self.begun[name] += 1
        if name in self.running:
            yield Event("lost", name, "its worker is gone; it is taken up again")
        self.running.add(name)
        if self.begun[name] > MOST_DEATHS:
            yield from self._failed(name, f"{MOST_DEATHS} workers died while they computed it")
            return
        if name not in self.leases:  # shows others who computes it; the first result counts anyway
            lease = Leases(self.runs / LEASES).claim(name)
            self.leases |= {} if lease is None else {name: lease}
        yield replace(event, epochs=self.todo[name].epochs)

    def _answered(self, name: str, about: dict[str, Any], archive: bytes) -> Iterator[Event]:
        event = Event(**about | {"cell": name})
        self.running.discard(name)
        self.lost[name] += event.kind == "lost"
        if (
            event.kind in ("lost", "stopped")
            and max(self.begun[name], self.lost[name]) < MOST_DEATHS
        ):
            yield replace(event, kind="lost")
            self._submit(name)
        elif not archive:
            answer = event.message or "it came back without a result"
            yield from self._failed(name, answer)
        else:
            try:
                self._publish(name, archive)
            except (RunError, OSError) as error:
                yield from self._failed(name, why(error))
                return
            self._over(name)
            yield event

    def _publish(self, name: str, archive: bytes) -> None:
        folder = self.runs / UNFINISHED / f"{name}.dask.{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        unpack(archive, folder / PART)  # not as a run that was begun, should we be killed
        run = Run.open(folder / PART)
        if run.about["key"][: len(name)] != name or run.result is None:
            raise RunError("what came back is another run than was asked for; look at the worker")
        put(self.runs, name, folder / PART)

    def _failed(self, name: str, reason: str) -> Iterator[Event]:
        where = self.root or "where its data lie on its own disk"
        reason = f"{reason} (on a worker of the Dask cluster, which reads data from {where})"
        Leases(self.runs / LEASES).fail(name, reason)
        self._over(name)
        yield Event("failed", name, reason)

    def _over(self, name: str) -> None:
        del self.todo[name]
        self.futures.pop(name).release()
        self.running.discard(name)
        if name in self.leases:
            self.leases.pop(name).finish()

    def _reconnected(self, should_stop: Callable[[], bool]) -> bool:
        """Submits what is missing to the scheduler once it answers again; false if all are to stop."""
        with suppress(Exception):
            self.client.close(timeout=1)
        while not should_stop():
            try:
                self.connect()
            except UsageError:
                time.sleep(RETRY_SECONDS)
            else:
                return True
        return False


class _LostError(Exception):
    """The scheduler has forgotten a task, or cannot be reached."""
