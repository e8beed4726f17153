"""Pools of threads and of processes keep the same promises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thumblab.engines.numpy.network import best_kind, open_pool
from thumblab.engines.numpy.workers.protocol import Command, SingleWorker, Work, WorkerPool

KINDS = pytest.mark.parametrize("kind", ["threads", "processes"])
COMMAND = Command(task=0, samples=0, step=0, epoch=0, learning_rate=0.0)


@pytest.fixture
def pools() -> Iterator[Any]:
    """Opens pools of workers, and closes them in the end."""
    opened: list[WorkerPool] = []

    def open_one(count: int, work: Work, kind: Any) -> WorkerPool:
        opened.append(open_pool(count, work, kind))
        return opened[-1]

    yield open_one
    for worker_pool in opened:
        worker_pool.close()


@KINDS
@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_worker_works_once(pools: Any, kind: str, count: int) -> None:
    def work(rank: int, communicator: Any, command: Command) -> None:
        place[rank] += 10 * command.step + communicator.size

    worker_pool = pools(count, work, kind)
    place = worker_pool.array((count,), np.int64)
    worker_pool.run(COMMAND._replace(step=1), count)
    worker_pool.run(COMMAND._replace(step=2), count)
    assert place.tolist() == [30 + 2 * count] * count


@KINDS
def test_fewer_workers_may_be_active(pools: Any, kind: str) -> None:
    def work(rank: int, communicator: Any, command: Command) -> None:
        place[rank] += communicator.all_reduce(rank, np.ones(1))[0]

    worker_pool = pools(3, work, kind)
    place = worker_pool.array((3,), np.float64)
    for active in (2, 3, 1, 2):
        worker_pool.run(COMMAND, active)
    assert place.tolist() == [2 + 3 + 1 + 2, 2 + 3 + 2, 3]


@KINDS
def test_totals_are_summed_in_rank_order_whoever_comes_first(pools: Any, kind: str) -> None:
    """1e100 + 1 - 1e100 depends on the order; the workers arrive in another order each time."""
    values = [1e100, 1.0, -1e100]

    def work(rank: int, communicator: Any, command: Command) -> None:
        for turn in range(3):
            time.sleep(0.002 * ((rank + turn + command.step) % 3))
            total = communicator.all_reduce(rank, np.array([values[rank], rank]))
            assert total.dtype == np.float64
            place[rank, turn] = total

    worker_pool = pools(3, work, kind)
    place = worker_pool.array((3, 3, 2), np.float64)
    for step in range(3):
        worker_pool.run(COMMAND._replace(step=step), 3)
        assert (place[..., 0] == (1e100 + 1.0) - 1e100).all()
        assert (place[..., 1] == 3).all()


@KINDS
def test_totals_may_be_large_and_shaped(pools: Any, kind: str) -> None:
    wanted = np.random.default_rng(0).standard_normal((3, 7000))

    def work(rank: int, communicator: Any, command: Command) -> None:
        place[rank] = communicator.all_reduce(rank, wanted * (rank + 1))

    worker_pool = pools(2, work, kind)
    place = worker_pool.array((2, 3, 7000), np.float64)
    worker_pool.run(COMMAND, 2)
    np.testing.assert_array_equal(place[0], wanted + wanted * 2)
    np.testing.assert_array_equal(place[1], place[0])


@KINDS
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_an_error_in_one_worker_is_raised_with_its_note_and_nobody_hangs(
    pools: Any, kind: str, rank: int
) -> None:
    def work(own: int, communicator: Any, command: Command) -> None:
        if own == rank and command.step == 0:
            error = ValueError("a bad thing")
            error.add_note("while running Conv at '0.'")
            raise error
        communicator.all_reduce(own, np.ones(1))
        place[own] = 1

    worker_pool = pools(3, work, kind)
    place = worker_pool.array((3,), np.int64)
    with pytest.raises((ValueError, RuntimeError), match="a bad thing") as caught:
        worker_pool.run(COMMAND, 3)
    text = "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "while running Conv at '0.'" in text
    worker_pool.run(COMMAND._replace(step=1), 3)  # the worker_pool still works
    assert place.tolist() == [1, 1, 1]


@KINDS
def test_waiting_is_for_everybody(pools: Any, kind: str) -> None:
    def work(rank: int, communicator: Any, command: Command) -> None:
        time.sleep(0.01 * rank)
        place[rank] = 1
        communicator.barrier(rank)
        seen[rank] = place.sum()

    worker_pool = pools(3, work, kind)
    place, seen = worker_pool.array((3,), np.int64), worker_pool.array((3,), np.int64)
    worker_pool.run(COMMAND, 3)
    assert seen.tolist() == [3, 3, 3]


def test_alone_meets_itself() -> None:
    value = np.array([1.5], "f4")
    assert SingleWorker().all_reduce(0, value).dtype == np.float64
    SingleWorker().barrier(0)


SUDDEN_DEATH = """
import os, sys, time
import numpy as np
from thumblab.engines.numpy.workers.protocol import Command
from thumblab.engines.numpy.network import open_pool
def work(rank, communicator, command):
    place[rank] = os.getpid()
    if command.step == 1 and rank == 1:
        os._exit(9)
    if command.step == 2:
        print(*place, flush=True)
        time.sleep(60 if rank == 0 else 0)
    communicator.barrier(rank)
worker_pool = open_pool(3, work, "processes")
place = worker_pool.array((3,), np.int64)
worker_pool.run(Command(0, 0, 0, 0, 0.0), 3)
try:
    worker_pool.run(Command(0, 0, 1, 0, 0.0), 3)
except MemoryError as error:
    print(error, flush=True)
worker_pool.run(Command(0, 0, 2, 0, 0.0), 3)
"""


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_dies_is_named_and_workers_die_with_their_parent() -> None:
    command = [sys.executable, "-c", SUDDEN_DEATH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert "a worker's process has died, perhaps for want of memory" in child.stdout.readline()
        pids = [int(word) for word in child.stdout.readline().split()]
        child.kill()
        deadline = time.monotonic() + 60
        while not all(gone(pid) for pid in pids if pid not in (0, child.pid)):
            assert time.monotonic() < deadline, "a worker outlived its parent"
            time.sleep(0.01)
    assert os.getpid() not in pids


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_dies_between_two_orders_is_named_and_replaced(pools: Any) -> None:
    def work(rank: int, communicator: Any, command: Command) -> None:
        place[rank] = os.getpid()

    worker_pool = pools(2, work, "processes")
    place = worker_pool.array((2,), np.int64)
    worker_pool.run(COMMAND, 2)
    os.kill(int(place[1]), signal.SIGKILL)
    while not gone(int(place[1])):
        time.sleep(0.001)
    with pytest.raises(MemoryError, match="a worker's process has died"):
        worker_pool.run(COMMAND, 2)
    worker_pool.run(COMMAND, 2)


@KINDS
@pytest.mark.parametrize("rank", [0, 1])
def test_after_an_error_the_workers_meet_as_before(pools: Any, kind: str, rank: int) -> None:
    def work(own: int, communicator: Any, command: Command) -> None:
        for call in range(6):
            seen[own, call] = communicator.all_reduce(own, np.array(10 * command.step + own))
        if command.task == 1 and own == rank:
            raise ValueError("first command")

    worker_pool = pools(2, work, kind)
    seen = worker_pool.array((2, 6), np.float64)
    with pytest.raises((ValueError, RuntimeError), match="first command"):
        worker_pool.run(Command(1, 32, 5, 0, 0.0), 2)
    for step in range(3):
        seen[...] = 0
        worker_pool.run(Command(0, 32, step, 0, 0.0), 2)
        assert (seen == 20 * step + 1).all()


def test_a_process_that_cannot_be_started_is_told_and_threads_do_the_work(
    pools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, calls = os.fork, []

    def full() -> int:
        calls.append(1)
        if len(calls) == 2:
            raise BlockingIOError("Resource temporarily unavailable")
        return fork()

    def work(rank: int, communicator: Any, command: Command) -> None:
        seen[rank] = os.getpid()

    worker_pool = pools(3, work, "processes")
    seen = worker_pool.array((3,), np.int64)
    monkeypatch.setattr(os, "fork", full)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.warns(UserWarning, match="no processes can be started .* unavailable.* threads do"):
        worker_pool.run(COMMAND, 3)
    assert len(os.listdir("/proc/self/fd")) == before
    worker_pool.run(COMMAND, 3)
    assert set(seen) == {os.getpid()}
    worker_pool.restart()
    worker_pool.run(COMMAND, 3)  # tried again
    assert len(set(seen)) == 3


@pytest.mark.parametrize(("machine", "kind"), [("x86_64", "processes"), ("aarch64", "threads")])
def test_processes_are_for_machines_that_keep_the_order_of_writes(
    machine: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert best_kind() == kind


def test_a_pipe_is_forgotten_before_it_is_closed(
    pools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child forked from another thread just then would close whatever file has its number next."""

    def work(rank: int, communicator: Any, command: Command) -> None:
        communicator.barrier(rank)

    worker_pool = pools(3, work, "processes")
    worker_pool.run(COMMAND, 3)
    close, held = os.close, list(worker_pool._wakes)

    def closing(descriptor: int) -> None:
        assert descriptor not in worker_pool._wakes
        close(descriptor)
        held.remove(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", closing)
        worker_pool.restart()
    assert held == []
