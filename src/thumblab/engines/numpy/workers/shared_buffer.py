"""How worker processes synchronize: by memory that all of them see."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import StepAbandonedError
from thumblab.engines.numpy.memory import shared_zeros
from thumblab.engines.numpy.workers.protocol import ShouldStop, carry_on

Array = NDArray[Any]
LARGEST_TOTAL = 8192
"""Values added at a time."""
SPINS = 2000
"""Looks at the others before this worker sleeps; most waits are over within microseconds."""
ERROR_BYTES = 4096


class WorkerLostError(RuntimeError):
    """Another worker has failed or died."""


@dataclass
class SharedBuffer:
    """What the workers tell each other: how far each has come, and values to add."""

    count: int

    def __post_init__(self) -> None:
        self.came = shared_zeros((self.count, 8), np.int64)  # a cache line each
        self.ready = shared_zeros((self.count,), np.int64)
        self.failed = shared_zeros((1,), np.int64)
        self.slots = shared_zeros((2, self.count, LARGEST_TOTAL), np.float64)
        self.errors = shared_zeros((self.count, ERROR_BYTES), np.uint8)

    def clear(self) -> None:
        """Makes it as new, for processes that are forked next."""
        for values in (self.came, self.ready, self.failed, self.errors):
            values[...] = 0

    def report(self, rank: int, error: BaseException) -> None:
        """Writes down why a worker fails, and has the others notice."""
        notes = "; ".join(getattr(error, "__notes__", []))
        text = f"{type(error).__name__}: {error}{'; ' + notes if notes else ''}".encode()
        self.errors[rank, : len(text[:ERROR_BYTES])] = list(text[:ERROR_BYTES])
        self.failed[0] = 1

    def reported(self) -> tuple[int, str] | None:
        """The first worker that has written down why it fails, and what."""
        for rank in range(1, self.count):
            text = bytes(self.errors[rank]).rstrip(b"\0").decode(errors="replace")
            if text:
                return rank, text
        return None


class ProcessCommunicator:
    """A communicator of processes, over a shared buffer.

    Attributes:
        calls: How often the workers have met; it only grows, so that one who is late still sees it.
    """

    def __init__(
        self,
        buffer: SharedBuffer,
        size: int,
        calls: int,
        alive: Callable[[], bool],
        should_stop: ShouldStop = carry_on,
    ) -> None:
        self.size, self.calls = size, calls
        self._buffer, self._alive, self._should_stop = buffer, alive, should_stop

    def check(self) -> None:
        if self._should_stop():
            raise StepAbandonedError
        if self._buffer.failed[0]:
            raise WorkerLostError("another worker has failed")

    def barrier(self, rank: int) -> None:
        self.calls += 1
        self._buffer.came[rank, 0] = self.calls
        came = self._buffer.came[: self.size, 0]
        spins = 0
        while came.min() < self.calls:
            spins += 1
            if spins > SPINS:
                self._look_around()
                time.sleep(5e-5)
            elif spins % 16 == 0:
                os.sched_yield()
        if self._buffer.failed[0]:
            raise WorkerLostError("another worker has failed")

    def _look_around(self) -> None:
        if self._buffer.failed[0]:
            raise WorkerLostError("another worker has failed")
        if not self._alive():
            raise WorkerLostError("another worker's process has died")

    def all_reduce(self, rank: int, value: Array) -> NDArray[np.float64]:
        value = np.asarray(value, np.float64)
        flat = value.reshape(-1)
        result = np.empty_like(flat)
        for begin in range(0, flat.size, LARGEST_TOTAL):
            part = flat[begin : begin + LARGEST_TOTAL]
            slots = self._buffer.slots[self.calls % 2, : self.size, : part.size]
            slots[rank] = part
            self.barrier(rank)
            total = result[begin : begin + part.size]
            total[...] = slots[0]
            for other in slots[1:]:
                total += other
        return result.reshape(value.shape)
