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
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.errors import StepAbandonedError

Array = NDArray[Any]
Kind = Literal["threads", "processes"]
ShouldStop = Callable[[], bool]
"""Asked between two layers; once it is true the pass is abandoned."""


def carry_on() -> bool:
    """Nobody wants to stop."""
    return False


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

    def check(self) -> None:
        """Raises an error if this pass is not to be finished; called between two layers."""
        ...


Work = Callable[[int, Meeting, Order], None]


class Crew(Protocol):
    """``count`` shards that do an order together; shard 0 is the caller."""

    count: int

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeroed memory that all shards see; a crew of processes has to be renewed after it."""
        ...

    def start(self, active: int) -> None:
        """Makes ``active`` shards ready; ``run`` does so itself if nobody has."""
        ...

    def run(self, order: Order, active: int) -> None:
        """Has the first ``active`` shards do ``order``.

        Raises:
            StepAbandonedError: If it was to stop.
            Exception: The first real error of any shard; the others leave their meeting.
        """
        ...

    def renew(self) -> None:
        """Lets every shard see what has changed in the caller besides the shared memory."""
        ...

    def close(self) -> None:
        """Ends the shards."""
        ...


@dataclass
class Alone:
    """The meeting of one shard with itself."""

    should_stop: ShouldStop = carry_on
    size: int = 1

    def check(self) -> None:
        if self.should_stop():
            raise StepAbandonedError

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        return np.asarray(value, np.float64)

    def wait(self, rank: int) -> None:
        pass


ORDERLY = ("x86_64", "AMD64", "i686")
"""Machines on which a core sees another's writes in the order they were made, as processes need it."""


def best_kind() -> Kind:
    """Processes where they can be forked safely; threads elsewhere and without the interpreter's lock."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    forks = all(hasattr(os, name) for name in ("fork", "waitid", "register_at_fork"))
    safe = forks and sys.platform == "linux" and platform.machine() in ORDERLY
    return "processes" if safe and not free_threaded else "threads"


def open_crew(
    count: int, work: Work, kind: Kind | None = None, should_stop: ShouldStop = carry_on
) -> Crew:
    """A crew of ``count`` shards that do ``work``, and abandon it when they should stop."""
    if count > 1 and (kind or best_kind()) == "processes":
        from thumblab.engines.numpy.processes import ProcessCrew

        return ProcessCrew(count, work, should_stop)
    return ThreadCrew(count, work, should_stop)


@dataclass
class ThreadMeeting:
    """A meeting of threads."""

    size: int
    should_stop: ShouldStop = carry_on
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

    def check(self) -> None:
        if self.should_stop():
            raise StepAbandonedError
        if self._barrier.broken:
            raise threading.BrokenBarrierError

    def leave(self) -> None:
        """Frees everybody who waits, with an error; for a shard that fails."""
        self._barrier.abort()


class ThreadCrew:
    """Shards that are threads of this process; a crew of one is the caller alone."""

    def __init__(self, count: int, work: Work, should_stop: ShouldStop = carry_on) -> None:
        self.count, self._work, self._should_stop = count, work, should_stop
        self._pool = self._open()

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        return np.zeros(shape, dtype)

    def start(self, active: int) -> None:
        pass

    def run(self, order: Order, active: int) -> None:
        if active == 1:
            self._work(0, Alone(self._should_stop), order)
            return
        meeting = ThreadMeeting(active, self._should_stop)

        def guarded(rank: int) -> None:
            try:
                self._work(rank, meeting, order)
            except BaseException:
                meeting.leave()
                raise

        others: list[Future[None]] = []
        try:
            others += (self._submit(guarded, rank, meeting) for rank in range(1, active))
            guarded(0)
        except threading.BrokenBarrierError:
            pass  # another shard has failed, and says why below
        finally:
            wait(others)
        for error in [other.exception() for other in others]:
            if error is not None and not isinstance(error, threading.BrokenBarrierError):
                raise error

    def _submit(
        self, work: Callable[[int], None], rank: int, meeting: ThreadMeeting
    ) -> Future[None]:
        try:
            return self._pool.submit(work, rank)
        except RuntimeError as error:
            meeting.leave()
            self._pool.shutdown(wait=False, cancel_futures=True)  # it would do the work later
            self._pool = self._open()
            raise MemoryError(f"no thread can be started for another shard ({error})") from error

    def _open(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max(self.count - 1, 1), "shard")

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self._pool.shutdown()
