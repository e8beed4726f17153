"""Workers that are threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.errors import StepAbandonedError
from thumblab.engines.numpy.workers.protocol import (
    Array,
    Command,
    ShouldStop,
    SingleWorker,
    Work,
    carry_on,
)


@dataclass
class ThreadCommunicator:
    """A communicator of threads."""

    size: int
    should_stop: ShouldStop = carry_on
    _barrier: threading.Barrier = field(init=False)
    _slots: list[list[NDArray[np.float64]]] = field(init=False)
    _calls: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._barrier = threading.Barrier(self.size)
        self._slots = [[np.zeros(0)] * self.size for _ in range(2)]
        self._calls = [0] * self.size

    def all_reduce(self, rank: int, value: Array) -> NDArray[np.float64]:
        slots = self._slots[
            self._calls[rank] % 2
        ]  # two sets, so that no value is overwritten while others read it
        self._calls[rank] += 1
        slots[rank] = np.asarray(value, np.float64)
        self._barrier.wait()
        total = slots[0].copy()
        for part in slots[1:]:
            total += part
        return total

    def barrier(self, rank: int) -> None:
        self._barrier.wait()

    def check(self) -> None:
        if self.should_stop():
            raise StepAbandonedError
        if self._barrier.broken:
            raise threading.BrokenBarrierError

    def leave(self) -> None:
        """Ends the waiting of all others with an error; called by a worker that fails."""
        self._barrier.abort()


class ThreadPool:
    """Workers that are threads of this process; a pool of one is the caller."""

    def __init__(self, count: int, work: Work, should_stop: ShouldStop = carry_on) -> None:
        self.count, self._work, self._should_stop = count, work, should_stop
        self._pool = self._open()

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        return np.zeros(shape, dtype)

    def start(self, active: int) -> None:
        pass

    def run(self, command: Command, active: int) -> None:
        if active == 1:
            self._work(0, SingleWorker(self._should_stop), command)
            return
        communicator = ThreadCommunicator(active, self._should_stop)

        def guarded(rank: int) -> None:
            try:
                self._work(rank, communicator, command)
            except BaseException:
                communicator.leave()
                raise

        others: list[Future[None]] = []
        try:
            others += (self._submit(guarded, rank, communicator) for rank in range(1, active))
            guarded(0)
        except threading.BrokenBarrierError:
            pass  # another worker has failed, and says why below
        finally:
            wait(others)
        for error in [other.exception() for other in others]:
            if error is not None and not isinstance(error, threading.BrokenBarrierError):
                raise error

    def _submit(
        self, work: Callable[[int], None], rank: int, communicator: ThreadCommunicator
    ) -> Future[None]:
        try:
            return self._pool.submit(work, rank)
        except RuntimeError as error:
            communicator.leave()
            self._pool.shutdown(wait=False, cancel_futures=True)  # it would do the work later
            self._pool = self._open()
            raise MemoryError(f"no thread can be started for another worker ({error})") from error

    def _open(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max(self.count - 1, 1), "worker")

    def restart(self) -> None:
        pass

    def close(self) -> None:
        self._pool.shutdown()
