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
from thumblab.engines.numpy.workers.protocol import Order, Work
from thumblab.engines.numpy.workers.shared import Board, LeftAloneError, ProcessMeeting

ORDER = struct.Struct("qqqqdqq")
"""An order, how many shards do it, and how often they have met before."""
LISTENS = 200
"""Looks for the next order before this shard sleeps, from which it takes long to wake."""
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
class Post:
    """What a worker's process works at.

    Attributes:
        rank: Its rank among the shards.
        hear: The pipe's end that orders come from.
        parent: The process that gives them.
        bound: Whether it was forked by its parent's main thread, so that the system may end it when that
            ends; of any other thread the system would not wait for the process, but for the thread.
        board: Where it meets the others.
        work: What it does of an order.
    """

    rank: int
    hear: int
    parent: int
    bound: bool
    board: Board
    work: Work

    def orphaned(self) -> bool:
        """Whether the parent has died."""
        return os.getppid() != self.parent


def live(post: Post) -> NoReturn:
    """Works until the parent says so or dies; returns never."""
    code = 1
    try:
        _prepare(post)
        post.board.ready[post.rank] = 1
        _serve(post)
        code = 0
    except LeftAloneError:
        pass
    except BaseException as error:
        post.board.report(post.rank, error)
    finally:
        os._exit(code)


def _prepare(post: Post) -> None:
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
    _close_all_but(post.hear)  # locks and other crews' pipes are the parent's alone
    fault("worker.closed")
    if PRCTL is not None and post.bound:
        PRCTL(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)  # which a paused process obeys too
    if post.orphaned():
        raise LeftAloneError("the parent has died")
    keep_one_blas_thread()
    fault("worker.ready")


def _serve(post: Post) -> None:
    """Does what it is told; ends when it is told so, or when there is nobody left to tell."""
    hearing = select.poll()
    hearing.register(post.hear, select.POLLIN)
    while message := _next_order(post, hearing):
        *numbers, active, calls = ORDER.unpack(message)
        if not active:
            return
        meeting = ProcessMeeting(post.board, active, calls, lambda: not post.orphaned())
        post.work(post.rank, meeting, Order(*numbers))
        meeting.wait(post.rank)


def _next_order(post: Post, hearing: select.poll) -> bytes:
    """The next order; nothing once the parent's end of the pipe is closed, or the parent has died."""
    for _ in range(LISTENS):
        if hearing.poll(0):
            break
    while not hearing.poll(PATIENCE):
        if post.orphaned():
            return b""
    return os.read(post.hear, ORDER.size)


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
