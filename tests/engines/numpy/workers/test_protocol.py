"""Crews of threads and of processes keep the same promises."""

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

from thumblab.engines.numpy.workers.choice import best_kind, open_crew
from thumblab.engines.numpy.workers.protocol import Alone, Crew, Order, Work

KINDS = pytest.mark.parametrize("kind", ["threads", "processes"])
ORDER = Order(task=0, samples=0, step=0, epoch=0, rate=0.0)


@pytest.fixture
def crews() -> Iterator[Any]:
    """Opens crews, and closes them in the end."""
    opened: list[Crew] = []

    def open_one(count: int, work: Work, kind: Any) -> Crew:
        opened.append(open_crew(count, work, kind))
        return opened[-1]

    yield open_one
    for crew in opened:
        crew.close()


@KINDS
@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_shard_works_once(crews: Any, kind: str, count: int) -> None:
    def work(rank: int, meeting: Any, order: Order) -> None:
        place[rank] += 10 * order.step + meeting.size

    crew = crews(count, work, kind)
    place = crew.array((count,), np.int64)
    crew.run(ORDER._replace(step=1), count)
    crew.run(ORDER._replace(step=2), count)
    assert place.tolist() == [30 + 2 * count] * count


@KINDS
def test_fewer_shards_may_be_active(crews: Any, kind: str) -> None:
    def work(rank: int, meeting: Any, order: Order) -> None:
        place[rank] += meeting.total(rank, np.ones(1))[0]

    crew = crews(3, work, kind)
    place = crew.array((3,), np.float64)
    for active in (2, 3, 1, 2):
        crew.run(ORDER, active)
    assert place.tolist() == [2 + 3 + 1 + 2, 2 + 3 + 2, 3]


@KINDS
def test_totals_are_summed_in_rank_order_whoever_comes_first(crews: Any, kind: str) -> None:
    """1e100 + 1 - 1e100 depends on the order; the shards arrive in another one each time."""
    values = [1e100, 1.0, -1e100]

    def work(rank: int, meeting: Any, order: Order) -> None:
        for turn in range(3):
            time.sleep(0.002 * ((rank + turn + order.step) % 3))
            total = meeting.total(rank, np.array([values[rank], rank]))
            assert total.dtype == np.float64
            place[rank, turn] = total

    crew = crews(3, work, kind)
    place = crew.array((3, 3, 2), np.float64)
    for step in range(3):
        crew.run(ORDER._replace(step=step), 3)
        assert (place[..., 0] == (1e100 + 1.0) - 1e100).all()
        assert (place[..., 1] == 3).all()


@KINDS
def test_totals_may_be_large_and_shaped(crews: Any, kind: str) -> None:
    wanted = np.random.default_rng(0).standard_normal((3, 7000))

    def work(rank: int, meeting: Any, order: Order) -> None:
        place[rank] = meeting.total(rank, wanted * (rank + 1))

    crew = crews(2, work, kind)
    place = crew.array((2, 3, 7000), np.float64)
    crew.run(ORDER, 2)
    np.testing.assert_array_equal(place[0], wanted + wanted * 2)
    np.testing.assert_array_equal(place[1], place[0])


@KINDS
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_an_error_in_one_shard_is_raised_with_its_note_and_nobody_hangs(
    crews: Any, kind: str, rank: int
) -> None:
    def work(own: int, meeting: Any, order: Order) -> None:
        if own == rank and order.step == 0:
            error = ValueError("a bad thing")
            error.add_note("while running Conv at '0.'")
            raise error
        meeting.total(own, np.ones(1))
        place[own] = 1

    crew = crews(3, work, kind)
    place = crew.array((3,), np.int64)
    with pytest.raises((ValueError, RuntimeError), match="a bad thing") as caught:
        crew.run(ORDER, 3)
    text = "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "while running Conv at '0.'" in text
    crew.run(ORDER._replace(step=1), 3)  # the crew still works
    assert place.tolist() == [1, 1, 1]


@KINDS
def test_waiting_is_for_everybody(crews: Any, kind: str) -> None:
    def work(rank: int, meeting: Any, order: Order) -> None:
        time.sleep(0.01 * rank)
        place[rank] = 1
        meeting.wait(rank)
        seen[rank] = place.sum()

    crew = crews(3, work, kind)
    place, seen = crew.array((3,), np.int64), crew.array((3,), np.int64)
    crew.run(ORDER, 3)
    assert seen.tolist() == [3, 3, 3]


def test_alone_meets_itself() -> None:
    value = np.array([1.5], "f4")
    assert Alone().total(0, value).dtype == np.float64
    Alone().wait(0)


SUDDEN_DEATH = """
import os, sys, time
import numpy as np
from thumblab.engines.numpy.workers.protocol import Order
from thumblab.engines.numpy.workers.choice import open_crew
def work(rank, meeting, order):
    place[rank] = os.getpid()
    if order.step == 1 and rank == 1:
        os._exit(9)
    if order.step == 2:
        print(*place, flush=True)
        time.sleep(60 if rank == 0 else 0)
    meeting.wait(rank)
crew = open_crew(3, work, "processes")
place = crew.array((3,), np.int64)
crew.run(Order(0, 0, 0, 0, 0.0), 3)
try:
    crew.run(Order(0, 0, 1, 0, 0.0), 3)
except MemoryError as error:
    print(error, flush=True)
crew.run(Order(0, 0, 2, 0, 0.0), 3)
"""


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_shard_that_dies_is_named_and_shards_die_with_their_parent() -> None:
    command = [sys.executable, "-c", SUDDEN_DEATH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert "a shard's process has died, perhaps for want of memory" in child.stdout.readline()
        pids = [int(word) for word in child.stdout.readline().split()]
        child.kill()
        deadline = time.monotonic() + 60
        while not all(gone(pid) for pid in pids if pid not in (0, child.pid)):
            assert time.monotonic() < deadline, "a shard outlived its parent"
            time.sleep(0.01)
    assert os.getpid() not in pids


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_shard_that_dies_between_two_orders_is_named_and_replaced(crews: Any) -> None:
    def work(rank: int, meeting: Any, order: Order) -> None:
        place[rank] = os.getpid()

    crew = crews(2, work, "processes")
    place = crew.array((2,), np.int64)
    crew.run(ORDER, 2)
    os.kill(int(place[1]), signal.SIGKILL)
    while not gone(int(place[1])):
        time.sleep(0.001)
    with pytest.raises(MemoryError, match="a shard's process has died"):
        crew.run(ORDER, 2)
    crew.run(ORDER, 2)


@KINDS
@pytest.mark.parametrize("rank", [0, 1])
def test_after_an_error_the_shards_meet_as_before(crews: Any, kind: str, rank: int) -> None:
    def work(own: int, meeting: Any, order: Order) -> None:
        for call in range(6):
            seen[own, call] = meeting.total(own, np.array(10 * order.step + own))
        if order.task == 1 and own == rank:
            raise ValueError("first order")

    crew = crews(2, work, kind)
    seen = crew.array((2, 6), np.float64)
    with pytest.raises((ValueError, RuntimeError), match="first order"):
        crew.run(Order(1, 32, 5, 0, 0.0), 2)
    for step in range(3):
        seen[...] = 0
        crew.run(Order(0, 32, step, 0, 0.0), 2)
        assert (seen == 20 * step + 1).all()


def test_a_process_that_cannot_be_started_is_told_and_threads_do_the_work(
    crews: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, calls = os.fork, []

    def full() -> int:
        calls.append(1)
        if len(calls) == 2:
            raise BlockingIOError("Resource temporarily unavailable")
        return fork()

    def work(rank: int, meeting: Any, order: Order) -> None:
        seen[rank] = os.getpid()

    crew = crews(3, work, "processes")
    seen = crew.array((3,), np.int64)
    monkeypatch.setattr(os, "fork", full)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.warns(UserWarning, match="no processes can be started .* unavailable.* threads do"):
        crew.run(ORDER, 3)
    assert len(os.listdir("/proc/self/fd")) == before
    crew.run(ORDER, 3)
    assert set(seen) == {os.getpid()}
    crew.renew()
    crew.run(ORDER, 3)  # tried again
    assert len(set(seen)) == 3


@pytest.mark.parametrize(("machine", "kind"), [("x86_64", "processes"), ("aarch64", "threads")])
def test_processes_are_for_machines_that_keep_the_order_of_writes(
    machine: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert best_kind() == kind


def test_a_pipe_is_forgotten_before_it_is_closed(
    crews: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child forked from another thread just then would close whatever file has its number next."""

    def work(rank: int, meeting: Any, order: Order) -> None:
        meeting.wait(rank)

    crew = crews(3, work, "processes")
    crew.run(ORDER, 3)
    close, held = os.close, list(crew._wakes)

    def closing(descriptor: int) -> None:
        assert descriptor not in crew._wakes
        close(descriptor)
        held.remove(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", closing)
        crew.renew()
    assert held == []
