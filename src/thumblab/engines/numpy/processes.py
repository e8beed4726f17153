"""Shards that are forked processes, over anonymous shared memory.

The memory has no name: it goes with the last process that maps it, however that ends. A shard whose parent
has died notices it, waiting or working, and ends.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import select
import signal
import struct
import time
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.engines.numpy.shards import Alone, Order, Work

Array = NDArray[Any]
LARGEST_TOTAL = 8192
"""Values added at a time."""
SPINS = 2000
"""Looks at the others before this shard sleeps; most meetings are over within microseconds."""
LISTENS = 200
"""Looks for the next order before this shard sleeps, from which it takes long to wake."""
ORDER = struct.Struct("qqqqdqq")
ERROR_BYTES = 4096


class LeftAloneError(RuntimeError):
    """Another shard has failed or died."""


def shared_zeros(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """Zeroed anonymous memory that processes forked from now on share."""
    size = prod(shape) * np.dtype(dtype).itemsize
    return np.frombuffer(mmap.mmap(-1, max(size, 1)), dtype, prod(shape)).reshape(shape)


@dataclass
class Board:
    """What the shards of a crew tell each other: how far each has come, and values to add."""

    count: int

    def __post_init__(self) -> None:
        self.came = shared_zeros((self.count, 8), np.int64)  # a cache line each
        self.failed = shared_zeros((1,), np.int64)
        self.slots = shared_zeros((2, self.count, LARGEST_TOTAL), np.float64)
        self.errors = shared_zeros((self.count, ERROR_BYTES), np.uint8)


class ProcessMeeting:
    """A meeting of processes at a board.

    Attributes:
        calls: How often the shards have met; it only grows, so that one who is late still sees it.
    """

    def __init__(self, board: Board, size: int, calls: int, alive: Callable[[], bool]) -> None:
        self.size, self.calls = size, calls
        self._board, self._alive = board, alive

    def wait(self, rank: int) -> None:
        self.calls += 1
        self._board.came[rank, 0] = self.calls
        came = self._board.came[: self.size, 0]
        spins = 0
        while came.min() < self.calls:
            spins += 1
            if spins > SPINS:
                self._look_around()
                time.sleep(5e-5)
            elif spins % 16 == 0:
                os.sched_yield()
        if self._board.failed[0]:
            raise LeftAloneError("another shard has failed")

    def _look_around(self) -> None:
        if self._board.failed[0]:
            raise LeftAloneError("another shard has failed")
        if not self._alive():
            raise LeftAloneError("another shard's process has died")

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        value = np.asarray(value, np.float64)
        flat = value.reshape(-1)
        result = np.empty_like(flat)
        for begin in range(0, flat.size, LARGEST_TOTAL):
            part = flat[begin : begin + LARGEST_TOTAL]
            slots = self._board.slots[self.calls % 2, : self.size, : part.size]
            slots[rank] = part
            self.wait(rank)
            total = result[begin : begin + part.size]
            total[...] = slots[0]
            for other in slots[1:]:
                total += other
        return result.reshape(value.shape)


def _running(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False


class ProcessCrew:
    """Shards that are forked from the caller at the first order, and anew after ``renew``."""

    def __init__(self, count: int, work: Work) -> None:
        self.count, self._work, self._board = count, work, Board(count)
        self._wakes: list[int] = []
        self._pids: list[int] = []
        self._calls = 0
        self._finalizer: weakref.finalize[..., Any] | None = None

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        self.renew()
        return shared_zeros(shape, dtype)

    def run(self, order: Order, active: int) -> None:
        if active == 1:
            self._work(0, Alone(), order)
            return
        if not self._wakes:
            self._fork()
        meeting = ProcessMeeting(self._board, active, self._calls, self._alive)
        try:
            for wake in self._wakes[: active - 1]:
                os.write(wake, ORDER.pack(*order, active, self._calls))
            self._work(0, meeting, order)
            meeting.wait(0)
            self._calls = meeting.calls
        except (LeftAloneError, BrokenPipeError) as left:
            self._raise_other(left)
        except BaseException:
            self._board.failed[0] = 1
            self.renew()
            raise

    def _alive(self) -> bool:
        return all(map(_running, self._pids))

    def _raise_other(self, left: Exception) -> None:
        """Raises what another shard wrote to the board before it left."""
        self._board.failed[0] = 1
        self.renew()
        for rank in range(1, self.count):
            text = bytes(self._board.errors[rank]).rstrip(b"\0").decode(errors="replace")
            if text:
                kind = MemoryError if text.startswith("MemoryError") else RuntimeError
                raise kind(f"in shard {rank}: {text}") from left
        raise MemoryError(
            "a shard's process has died, perhaps for want of memory; use a smaller batch"
        ) from left

    def _fork(self) -> None:
        self._calls = 0
        for told in (self._board.came, self._board.failed, self._board.errors):
            told[...] = 0
        self._finalizer = weakref.finalize(self, _end, self._wakes, self._pids)
        try:
            for rank in range(1, self.count):
                self._fork_one(rank, os.getpid())
        except OSError as error:
            self.renew()
            raise MemoryError(
                f"no process could be started for another shard ({error}); take fewer shards"
            ) from error

    def _fork_one(self, rank: int, parent: int) -> None:
        hear, wake = os.pipe()
        self._wakes.append(wake)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # other threads do not matter
                pid = os.fork()
            if pid == 0:
                _serve(rank, hear, self._work, self._board, parent)
            self._pids.append(pid)
        finally:
            os.close(hear)

    def renew(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
            self._finalizer, self._wakes, self._pids = None, [], []

    def close(self) -> None:
        self.renew()


def _serve(rank: int, hear: int, work: Work, board: Board, parent: int) -> None:
    """The life of a shard's process; ends when the parent's end of the pipe is closed."""
    _close_all_but(hear)  # locks and other crews' pipes are the parent's alone
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # the parent decides when to stop
    code, hearing = 1, select.poll()
    hearing.register(hear, select.POLLIN)
    try:
        while message := _next_order(hear, hearing):
            *numbers, active, calls = ORDER.unpack(message)
            meeting = ProcessMeeting(board, active, calls, lambda: os.getppid() == parent)
            work(rank, meeting, Order(*numbers))
            meeting.wait(rank)
        code = 0
    except LeftAloneError:
        pass
    except BaseException as error:
        notes = "; ".join(getattr(error, "__notes__", []))
        text = f"{type(error).__name__}: {error}{'; ' + notes if notes else ''}".encode()
        board.errors[rank, : len(text[:ERROR_BYTES])] = list(text[:ERROR_BYTES])
        board.failed[0] = 1
    finally:
        os._exit(code)


def _next_order(hear: int, hearing: select.poll) -> bytes:
    """The next order; nothing once the parent's end of the pipe is closed."""
    for _ in range(LISTENS):
        if hearing.poll(0):
            break
    return os.read(hear, ORDER.size)


def _close_all_but(kept: int) -> None:
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor > 2 and descriptor != kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _end(wakes: list[int], pids: list[int]) -> None:
    for wake in wakes:
        os.close(wake)
    for pid in pids:
        _reap(pid)


def _reap(pid: int, seconds: float = 2.0) -> None:
    """Waits for a shard's process to end, and ends it if it does not."""
    deadline = time.monotonic() + seconds
    try:
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return
            time.sleep(1e-4)
    except ChildProcessError:
        pass
