"""The life of a worker's process, from the fork to its end.

Whatever happens in it, it ends here: no handler, no ``finally`` and nothing registered for the exit of the
program it was forked from runs in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import signal
import struct
import sys
import warnings
from dataclasses import dataclass
from typing import Any, NoReturn

from thumblab.core.blas import keep_one_blas_thread
from thumblab.core.faults import fault
from thumblab.engines.numpy.workers.protocol import Command, Work
from thumblab.engines.numpy.workers.shared_buffer import (
    ProcessCommunicator,
    SharedBuffer,
    WorkerLostError,
)

COMMAND = struct.Struct("qqqqdqq")
"""A command, how many workers do it, and how often they have synchronized before."""
POLLS = 200
"""Looks for the next command before this worker sleeps, from which it takes long to wake."""
PATIENCE = 2000
"""Milliseconds between two looks whether the parent still lives."""
MOST_DESCRIPTORS = 65536
"""Descriptors that are closed where the system has no list of the open ones."""
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG, of ``linux/prctl.h``."""


def _prctl() -> Any:
    """The C function; None where there is none. It is found before any fork."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "linux":
            return ctypes.CDLL(None).prctl
    return None


PRCTL = _prctl()


@dataclass(frozen=True, eq=False)
class WorkerTask:
    """What a worker's process works at.

    Attributes:
        rank: Its rank among the workers.
        hear: The pipe's end that commands come from.
        parent: The process that gives them.
        bound: Whether it was forked by its parent's main thread, so that the system may end it when that
            ends; of any other thread the system would not wait for the process, but for the thread.
        buffer: Where it synchronizes with the others.
        work: What it does of a command.
    """

    rank: int
    hear: int
    parent: int
    bound: bool
    buffer: SharedBuffer
    work: Work

    def orphaned(self) -> bool:
        """Whether the parent has died."""
        return os.getppid() != self.parent


def live(task: WorkerTask) -> NoReturn:
    """Works until the parent says so or dies; never returns."""
    code = 1
    try:
        _prepare(task)
        task.buffer.ready[task.rank] = 1
        _serve(task)
        code = 0
    except WorkerLostError:
        pass
    except BaseException as error:
        task.buffer.report(task.rank, error)
    finally:
        os._exit(code)


def _prepare(task: WorkerTask) -> None:
    """Parts from what belongs to the parent alone; signals are blocked until then."""
    fault("worker.forked")
    gc.freeze()  # what the parent's objects do when they go, they do there
    warnings.simplefilter("ignore")  # the parent, which does the same work, says it
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when to stop
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    fault("worker.signals")
    _close_all_but(task.hear)  # locks and the pipes of other pools are the parent's alone
    fault("worker.closed")
    if PRCTL is not None and task.bound:
        PRCTL(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)  # which a paused process obeys too
    if task.orphaned():
        raise WorkerLostError("the parent has died")
    keep_one_blas_thread()
    fault("worker.ready")


def _serve(task: WorkerTask) -> None:
    """Does one command after the other, until the parent says so or has died."""
    hearing = select.poll()
    hearing.register(task.hear, select.POLLIN)
    while message := _next_command(task, hearing):
        *numbers, active, calls = COMMAND.unpack(message)
        if not active:
            return
        communicator = ProcessCommunicator(task.buffer, active, calls, lambda: not task.orphaned())
        task.work(task.rank, communicator, Command(*numbers))
        communicator.barrier(task.rank)


def _next_command(task: WorkerTask, hearing: select.poll) -> bytes:
    """The next command; nothing once the parent's end of the pipe is closed, or the parent has died."""
    for _ in range(POLLS):
        if hearing.poll(0):
            break
    while not hearing.poll(PATIENCE):
        if task.orphaned():
            return b""
    return os.read(task.hear, COMMAND.size)


def _close_all_but(kept: int) -> None:
    try:
        opened = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:  # no /proc, or no descriptor free to read it with
        os.closerange(3, kept)
        os.closerange(kept + 1, max(MOST_DESCRIPTORS, kept + 1))
        return
    for descriptor in opened:
        if descriptor > 2 and descriptor != kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)
