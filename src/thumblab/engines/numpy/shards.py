"""Shards: workers that each run the whole network on a part of a batch, and sum what must be whole.

A crew is made of threads or of forked processes; the rules cannot tell. Threads hand the interpreter's
lock to and fro, which costs where calls are short; processes do not, and share weights and gradients
through memory that the operating system frees with the last of them.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
Kind = Literal["threads", "processes"]


class Order(NamedTuple):
    """What a crew is to do; plain numbers, so that they can be sent to a process."""

    task: int
    samples: int
    step: int
    epoch: int
    rate: float


class Meeting(Protocol):
    """Where the shards of one order meet; each calls ``total`` and ``wait`` equally often."""

    size: int

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        """Sum of the shards' values in rank order, in float64."""
        ...

    def wait(self, rank: int) -> None:
        """Returns once every shard has called it."""
        ...


Work = Callable[[int, Meeting, Order], None]


class Crew(Protocol):
    """``count`` shards that do an order together; shard 0 is the caller."""

    count: int

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeroed memory that all shards see; a crew of processes has to be renewed after it."""
        ...

    def run(self, order: Order, active: int) -> None:
        """Has the first ``active`` shards do ``order``.

        Raises:
            Exception: The first real error of any shard; the others leave their meeting.
        """
        ...

    def renew(self) -> None:
        """Lets every shard see what has changed in the caller besides the shared memory."""
        ...

    def close(self) -> None:
        """Ends the shards."""
        ...


def put(crew: Crew, held: Array, given: Array, size: int = 0) -> Array:
    """``held`` with ``given`` in it; new and larger shared memory if it does not hold so much."""
    size = max(size, len(given))
    if held.shape[1:] != given.shape[1:] or held.dtype != given.dtype or len(held) < size:
        held = crew.array((max(size, len(held)), *given.shape[1:]), given.dtype)
    held[: len(given)] = given
    return held


class Alone:
    """The meeting of one shard with itself."""

    size = 1

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        return np.asarray(value, np.float64)

    def wait(self, rank: int) -> None:
        pass


def cores() -> int:
    """Cores that this process may use; ``taskset`` and containers leave it fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


ORDERLY = ("x86_64", "AMD64", "i686")
"""Machines on which a core sees another's writes in the order they were made, as processes need it."""


def best_kind() -> Kind:
    """Processes where they can be forked safely; threads elsewhere and without the interpreter's lock."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    safe = sys.platform == "linux" and platform.machine() in ORDERLY
    return "processes" if safe and not free_threaded else "threads"


def open_crew(count: int, work: Work, kind: Kind | None = None) -> Crew:
    """A crew of ``count`` shards that do ``work``."""
    if count > 1 and (kind or best_kind()) == "processes":
        from thumblab.engines.numpy.processes import ProcessCrew

        return ProcessCrew(count, work)
    return ThreadCrew(count, work)


@dataclass
class ThreadMeeting:
    """A meeting of threads."""

    size: int
    _barrier: threading.Barrier = field(init=False)
    _slots: list[list[NDArray[np.float64]]] = field(init=False)
    _calls: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._barrier = threading.Barrier(self.size)
        self._slots = [[np.zeros(0)] * self.size for _ in range(2)]
        self._calls = [0] * self.size

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        slots = self._slots[
            self._calls[rank] % 2
        ]  # two sets: nobody overwrites what others still read
        self._calls[rank] += 1
        slots[rank] = np.asarray(value, np.float64)
        self._barrier.wait()
        total = slots[0].copy()
        for part in slots[1:]:
            total += part
        return total

    def wait(self, rank: int) -> None:
        self._barrier.wait()

    def leave(self) -> None:
        """Frees everybody who waits, with an error; for a shard that fails."""
        self._barrier.abort()


class ThreadCrew:
    """Shards that are threads of this process; a crew of one is the caller alone."""

    def __init__(self, count: int, work: Work) -> None:
        self.count, self._work = count, work
        self._pool = ThreadPoolExecutor(max(count - 1, 1), "shard")

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        return np.zeros(shape, dtype)

    def run(self, order: Order, active: int) -> None:
        if active == 1:
            self._work(0, Alone(), order)
            return
        meeting = ThreadMeeting(active)

        def guarded(rank: int) -> None:
            try:
                self._work(rank, meeting, order)
            except BaseException:
                meeting.leave()
                raise

        others = [self._pool.submit(guarded, rank) for rank in range(1, active)]
        try:
            guarded(0)
        except threading.BrokenBarrierError:
            pass  # another shard has failed, and says why below
        finally:
            wait(others)
        for error in [other.exception() for other in others]:
            if error is not None and not isinstance(error, threading.BrokenBarrierError):
                raise error

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self._pool.shutdown()
