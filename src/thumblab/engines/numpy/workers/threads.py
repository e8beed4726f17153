"""Workers that are threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.errors import StepAbandonedError
from thumblab.engines.numpy.workers.protocol import Alone, Array, Order, ShouldStop, Work, carry_on


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
