"""Workers that are forked processes, over anonymous shared memory.

The memory has no name: it goes with the last process that maps it, however that ends. A worker whose parent
has died notices it, waiting or working, and ends; Linux ends it even if it was paused.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import warnings
import weakref
from typing import Any

from numpy.typing import DTypeLike, NDArray

from thumblab.core.exclusive import ProcessLock
from thumblab.engines.numpy.memory import shared_zeros
from thumblab.engines.numpy.workers.child import COMMAND, WorkerTask, live
from thumblab.engines.numpy.workers.protocol import (
    Command,
    ShouldStop,
    SingleWorker,
    Work,
    carry_on,
)
from thumblab.engines.numpy.workers.shared_buffer import (
    ProcessCommunicator,
    SharedBuffer,
    WorkerLostError,
)
from thumblab.engines.numpy.workers.threads import ThreadPool

Array = NDArray[Any]
END = COMMAND.pack(0, 0, 0, 0, 0.0, 0, 0)
SECONDS = 2.0
"""How long all workers together are waited for before they are ended."""
_forking = ProcessLock()


class ProcessPool:
    """Workers that are forked from the caller at the first command, and anew after ``restart``.

    Where no process can be started, threads do the same work in the same memory, to the same bits.
    """

    def __init__(self, count: int, work: Work, should_stop: ShouldStop = carry_on) -> None:
        self.count, self._work, self._should_stop = count, work, should_stop
        self._buffer = SharedBuffer(count)
        self._wakes: list[int] = []
        self._pids: list[int] = []
        self._calls = 0
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._threads: ThreadPool | None = None
        _pools.add(self)

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        self.restart()
        return shared_zeros(shape, dtype)

    def start(self, active: int) -> None:
        if active == 1 or self._wakes or self._threads is not None:
            return
        self._calls = 0
        self._buffer.clear()
        self._finalizer = weakref.finalize(self, _end, self._wakes, self._pids, os.getpid())
        try:
            with _forking():  # two threads must not both change what is warned of meanwhile
                for rank in range(1, self.count):
                    self._fork(rank)
            self._await()
        except OSError as error:
            self.restart()
            warnings.warn(
                f"no processes can be started to compute side by side ({error}); threads do it, which "
                "is slower but gives the same numbers",
                stacklevel=2,
            )
            self._threads = ThreadPool(self.count, self._work, self._should_stop)
        except BaseException:
            self.restart()
            raise

    def run(self, command: Command, active: int) -> None:
        self.start(active)
        if active == 1:
            self._work(0, SingleWorker(self._should_stop), command)
        elif self._threads is not None:
            self._threads.run(command, active)
        else:
            self._run(command, active)

    def _run(self, command: Command, active: int) -> None:
        communicator = ProcessCommunicator(
            self._buffer, active, self._calls, self._alive, self._should_stop
        )
        try:
            for wake in self._wakes[: active - 1]:
                os.write(wake, COMMAND.pack(*command, active, self._calls))
            self._work(0, communicator, command)
            communicator.barrier(0)
            self._calls = communicator.calls
        except (WorkerLostError, BrokenPipeError) as left:
            self._raise_other(left)
        except BaseException:
            self._buffer.failed[0] = 1
            self.restart()
            raise

    def _alive(self) -> bool:
        return all(map(_running, self._pids))

    def _raise_other(self, left: Exception) -> None:
        """Raises what another worker wrote to the shared buffer before it ended."""
        self._buffer.failed[0] = 1
        self.restart()
        reported = self._buffer.reported()
        if reported is not None:
            rank, text = reported
            kind = MemoryError if text.startswith("MemoryError") else RuntimeError
            raise kind(f"in worker {rank}: {text}") from left
        raise MemoryError("a worker's process has died, perhaps for want of memory") from left

    def _fork(self, rank: int) -> None:
        parent = os.getpid()
        hear, wake = os.pipe()
        self._wakes.append(wake)
        bound = threading.get_native_id() == parent
        task = WorkerTask(rank, hear, parent, bound, self._buffer, self._work)
        # No handler of the caller's is run in the child, not even just after the fork.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # other threads do not matter
                pid = os.fork()
            if pid == 0:
                live(task)
            self._pids.append(pid)
        finally:
            if os.getpid() != parent:
                os._exit(1)
            os.close(hear)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _await(self) -> None:
        """Returns once every process is ready to work.

        Raises:
            OSError: If one of them cannot be.
        """
        while not self._buffer.ready[1:].all():
            if not self._alive():
                rank, text = self._buffer.reported() or (0, "")
                message = f"worker {rank}: {text}" if text else "one of them has died"
                raise ChildProcessError(message)
            time.sleep(5e-5)

    def restart(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
            self._finalizer, self._wakes, self._pids = None, [], []
        if self._threads is not None:
            self._threads.close()
            self._threads = None

    def close(self) -> None:
        self.restart()

    def let_go(self) -> None:
        """Forgets processes that are another one's children: this one was forked from their parent."""
        for wake in self._wakes:
            os.close(wake)
        if self._finalizer is not None:
            self._finalizer.detach()
        self._finalizer, self._wakes, self._pids, self._threads = None, [], [], None


_pools: weakref.WeakSet[ProcessPool] = weakref.WeakSet()


def _in_child() -> None:
    for worker_pool in list(_pools):
        worker_pool.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def _running(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False


def _end(wakes: list[int], pids: list[int], parent: int) -> None:
    """Tells the workers to end, and waits for it; a process that was forked from the parent may not."""
    while wakes:
        # Out of the list before it is closed: its number is another file's then, also in a child.
        wake = wakes.pop()
        if os.getpid() == parent:
            with contextlib.suppress(OSError):  # it has ended already
                os.write(wake, END)  # another process may keep the pipe open
        os.close(wake)
    deadline = time.monotonic() + SECONDS
    for pid in pids:
        _reap(pid, deadline)


def _reap(pid: int, deadline: float) -> None:
    """Waits for a worker's process to end, and ends it if it does not."""
    try:
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return
            time.sleep(1e-4)
    except ChildProcessError:
        pass
