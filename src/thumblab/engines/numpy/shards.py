"""Shards: threads that run the same function on their part of a batch, and sum what must be whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


@dataclass
class Meeting:
    """Where ``size`` shards meet to add values; each shard calls ``total`` equally often."""

    size: int
    _barrier: threading.Barrier = field(init=False)
    _slots: list[list[NDArray[np.float64]]] = field(init=False)
    _calls: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._barrier = threading.Barrier(self.size)
        self._slots = [[np.zeros(0)] * self.size for _ in range(2)]
        self._calls = [0] * self.size

    def total(self, rank: int, value: NDArray[Any]) -> NDArray[np.float64]:
        """Sum of the shards' values in rank order, in float64."""
        if self.size == 1:
            return np.asarray(value, np.float64)
        slots = self._slots[self._calls[rank] % 2]  # two sets: nobody overwrites what others still read
        self._calls[rank] += 1
        slots[rank] = np.asarray(value, np.float64)
        self._barrier.wait()
        total = slots[0].copy()
        for part in slots[1:]:
            total += part
        return total

    def wait(self) -> None:
        """Returns once every shard has called it."""
        if self.size > 1:
            self._barrier.wait()

    def leave(self) -> None:
        """Frees everybody who waits, with an error; for a shard that fails."""
        self._barrier.abort()


class Shards:
    """A pool of ``count`` shards; shard 0 is the calling thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(max(count - 1, 1), "shard") if count > 1 else None

    def run(self, active: int, task: Callable[[int, Meeting], T]) -> list[T]:
        """``[task(rank, meeting) for rank in range(active)]``, side by side.

        Raises:
            Exception: The first real error of any shard; the others leave their meeting.
        """
        meeting = Meeting(active)
        if active == 1 or self._pool is None:
            return [task(0, meeting)]

        def guarded(rank: int) -> T:
            try:
                return task(rank, meeting)
            except BaseException:
                meeting.leave()
                raise

        others = [self._pool.submit(guarded, rank) for rank in range(1, active)]
        errors: list[BaseException] = []
        results: list[T] = []
        for ask in (lambda: guarded(0), *(other.result for other in others)):
            try:
                results.append(ask())
            except BaseException as error:  # every shard has to be waited for
                errors.append(error)
        for error in sorted(errors, key=lambda e: isinstance(e, threading.BrokenBarrierError)):
            raise error
        return results

    def close(self) -> None:
        """Ends the threads."""
        if self._pool is not None:
            self._pool.shutdown()


