"""Locks that survive a fork: a network answers one caller at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from thumblab.core.errors import UsageError


class ProcessLock:
    """A lock that a thread may take again, and that every process has for itself.

    In a forked child the thread that held it at the moment of the fork does not exist.
    """

    def __init__(self) -> None:
        self._locks = {os.getpid(): threading.RLock()}

    def __call__(self) -> AbstractContextManager[bool]:
        """The lock of this process."""
        process = os.getpid()
        return self._locks.get(process) or self._locks.setdefault(process, threading.RLock())


class Exclusive:
    """What threads may not do side by side, nor one thread inside of itself."""

    def __init__(self) -> None:
        self._lock = ProcessLock()
        self._inside = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until no other thread is inside.

        Raises:
            RuntimeError: If this very thread is inside already.
        """
        with self._lock():
            process = os.getpid()
            if self._inside == process:
                raise RuntimeError(
                    "a network was asked while it answers this same thread; let its layers, its "
                    "augmentation and signal handlers ask another one"
                )
            self._inside = process
            try:
                yield
            finally:
                self._inside = 0


def stays_here() -> UsageError:
    """The error for a network that is to be pickled or copied."""
    return UsageError(
        "a network cannot be copied or sent to another process; send its run folder or its state(), and "
        "load that there"
    )
