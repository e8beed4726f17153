"""A network answers one caller at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Exclusive:
    """A lock for what threads may not do side by side, which survives a fork.

    In a forked child the thread that held it at the moment of the fork does not exist; so every process
    has a lock of its own.
    """

    def __init__(self) -> None:
        self._locks = {os.getpid(): threading.RLock()}
        self._inside = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until no other thread is inside.

        Raises:
            RuntimeError: If this very thread is inside already.
        """
        process = os.getpid()
        lock = self._locks.get(process) or self._locks.setdefault(process, threading.RLock())
        with lock:
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
