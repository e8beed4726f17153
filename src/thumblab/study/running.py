"""Running a study: workers on this machine that share the folder of runs with each other and with others."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from thumblab.core.errors import UsageError
from thumblab.core.value import to_dict
from thumblab.data import Arrays
from thumblab.experiment import Experiment
from thumblab.runs.own_code import named_modules
from thumblab.study.cells import Cell, cells, read_data
from thumblab.study.cluster import run_on_cluster
from thumblab.study.event import ENDED, Event
from thumblab.study.lease import Leases
from thumblab.study.lock import Lock, lock_study
from thumblab.study.queue import LEASES, is_done, tidy
from thumblab.study.shared_disk import check_shared
from thumblab.study.study import Study
from thumblab.study.winners import resolved
from thumblab.study.worker import LEASE_LOST, orders_for, start
from thumblab.study.working import work

MOST_DEATHS = 3
"""Workers that one cell may take with it before it counts as failed."""

STOP_SECONDS = 60.0
POLL_SECONDS = 0.2


def run(
    study: Study,
    *,
    runs: Path | str = "runs",
    root: Path | str | None = None,
    workers: int = 1,
    shard: tuple[int, int] = (0, 1),
    grace: float | None = None,
    dask: str | None = None,
    should_stop: Callable[[], bool] = bool,
) -> Generator[Event, None, None]:
    """Trains every run that the study lacks, and yields what happens; the first time, it is locked.

    Several machines may run one study on a shared folder: each run is trained once. Closing the
    generator stops the workers, which save what they have; the next call goes on from there.

    Args:
        study: What to run.
        runs: Folder of run folders.
        root: Folder with the data's files.
        workers: Processes; with one, this process trains. The cores are divided among them.
        shard: ``(i, n)``: only every ``n``-th cell, from the ``i``-th, for machines that share no disk.
        grace: Seconds after which the cell of a process that stands still is taken over.
        dask: Address of the scheduler of a Dask cluster, whose workers train then.
        should_stop: Asked all the time; once it is true, the workers save what they have and end.
    """
    folder = Path(runs)
    datasets = read_data(study, root)
    locked = lock_study(study, folder, datasets)
    every = cells(resolved(study, locked), locked.fingerprints(study), locked.count)
    todo = _missing(every[shard[0] :: shard[1]], folder)
    if not todo:
        return
    in_memory = any(isinstance(each.data, Arrays) for each in todo.values())
    if dask is not None:
        if in_memory:
            raise UsageError("data in memory are on no other machine; write them to a file first")
        yield from run_on_cluster(todo, folder, dask, root=root, should_stop=should_stop)
        return
    check_shared(folder)
    if workers == 1 or in_memory:
        yield from work(
            todo, folder, datasets=datasets, root=root, grace=grace, should_stop=should_stop
        )
        return
    del datasets
    with _Team(todo, folder, root, min(workers, len(todo)), grace, locked) as team:
        yield from team.events(should_stop)


def _missing(every: list[Cell], runs: Path) -> dict[str, Experiment]:
    """What is to be trained; what has failed before is tried again."""
    tidy(runs, [cell.name for cell in every])
    leases = Leases(runs / LEASES)
    found = {cell.name: cell.experiment for cell in every if not is_done(runs, cell.name)}
    for name in found:
        leases.forgive(name)
    return found


@dataclass
class _Worker:
    number: int
    process: subprocess.Popen[str]
    listener: threading.Thread
    cell: str = ""


@dataclass
class _Team:
    """Worker processes, and what they tell."""

    todo: dict[str, Experiment]
    runs: Path
    root: Path | str | None
    count: int
    grace: float | None
    lock: Lock
    members: dict[int, _Worker] = field(default_factory=dict)
    deaths: Counter[str] = field(default_factory=Counter)
    pending: list[str] = field(default_factory=list)
    heard: queue.Queue[tuple[int, Event | None]] = field(default_factory=queue.Queue)

    def __enter__(self) -> _Team:
        return self

    def __exit__(self, *failure: object) -> None:
        for member in self.members.values():
            _close(member.process.stdin)  # which tells it to stop
        until = time.monotonic() + STOP_SECONDS
        for member in self.members.values():
            try:
                member.process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.process.wait()
            member.listener.join(1)
            _close(member.process.stdout)

    def events(self, should_stop: Callable[[], bool]) -> Iterator[Event]:
        """What the workers tell, until all have ended or are to stop; one that dies is replaced."""
        self.pending = list(self.todo)
        for number in range(self.count):
            self._start(number)
        while self.members and not should_stop():
            try:
                number, event = self.heard.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if self._is_over():
                    return  # although a worker stands still, whose cell another has done
                continue
            member = self.members[number]
            if event is None:
                yield from self._ended(member)
                continue
            member.cell = "" if event.kind in ENDED else event.cell or member.cell
            yield event

    def _is_over(self) -> bool:
        leases = Leases(self.runs / LEASES)
        while self.pending and (
            is_done(self.runs, self.pending[-1]) or leases.failure(self.pending[-1]) is not None
        ):
            self.pending.pop()
        return not self.pending

    def _ended(self, member: _Worker) -> Iterator[Event]:
        del self.members[member.number]
        code = member.process.wait()
        _close(member.process.stdin)
        _close(member.process.stdout)
        if code in (0, LEASE_LOST) and not member.cell:
            if code == LEASE_LOST:
                self._start(member.number)
            return
        cell, log = member.cell, self._log(member.number)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self.deaths[cell] += 1
        if not cell:
            yield Event("warning", message=f"worker {member.number} ended with {how}; see {log}")
            if self.deaths[cell] < MOST_DEATHS:
                self._start(member.number)
            return
        if self.deaths[cell] >= MOST_DEATHS:
            reason = (
                f"{MOST_DEATHS} workers died while they computed it, the last with {how}; see {log}"
            )
            Leases(self.runs / LEASES).fail(cell, reason)
            yield Event("failed", cell, reason, worker=member.number)
        else:
            message = f"worker {member.number} ended with {how}; its cell is taken up again"
            yield Event("lost", cell, message, worker=member.number)
        self._start(member.number)

    def _log(self, number: int) -> Path:
        return self.lock.folder / f"worker-{number}.log"

    def _start(self, number: int) -> None:
        threads = max((os.cpu_count() or 1) // self.count, 1)
        values = {name: to_dict(experiment) for name, experiment in self.todo.items()}
        orders = orders_for(
            values,
            self.runs,
            number=number,
            workers=threads,
            root=self.root,
            modules=sorted(named_modules(list(values.values()))),
            grace=self.grace,
        )
        with self._log(number).open("ab") as log:
            process = start(orders, log=log, environment=_surroundings(number, self.todo.values()))
        listener = threading.Thread(target=self._listen, args=(number, process.stdout), daemon=True)
        self.members[number] = _Worker(number, process, listener)
        listener.start()

    def _listen(self, number: int, answers: IO[str]) -> None:
        for line in answers:
            self.heard.put((number, Event(**json.loads(line))))
        self.heard.put((number, None))


def _close(stream: IO[str] | None) -> None:
    if stream is not None:
        with suppress(OSError):  # what a worker that has died did not read
            stream.close()


def _surroundings(number: int, experiments: Any) -> dict[str, str]:
    """The environment of a worker: where PyTorch computes on GPUs, one of its own."""
    values = dict(os.environ)
    on_gpu = any(each.engine == "torch" and each.device in ("auto", "cuda") for each in experiments)
    count = _gpus() if on_gpu else 0
    if count:
        visible = values.get("CUDA_VISIBLE_DEVICES") or ",".join(map(str, range(count)))
        devices = visible.split(",")
        values["CUDA_VISIBLE_DEVICES"] = devices[number % len(devices)]
    return values


def _gpus() -> int:
    """How many GPUs PyTorch sees; none without it."""
    try:
        import torch
    except ImportError:
        return 0
    return int(torch.cuda.device_count())
