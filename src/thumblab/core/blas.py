"""BLAS with one thread while a network computes, and as its owner had it otherwise.

A network's workers share the cores among themselves, so BLAS must not add threads of its own. But the number
of its threads belongs to the whole process, and so to the program that uses this package. It is lowered
when the first pass of any network begins, in any thread, and restored when the last one has ended.

A fork waits until no other thread is inside a pass: a child that is forked while BLAS holds one of its locks
would wait for that lock for ever.
"""

from __future__ import annotations

import concurrent.futures.thread  # noqa: F401  see _before_fork
import logging  # noqa: F401
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy  # noqa: F401  whose BLAS this is about
from threadpoolctl import ThreadpoolController

SECONDS = 10.0
"""How long a fork waits, at most, for the passes of other threads."""


class _Passes:
    """Which threads are inside a pass, and the numbers of threads to restore after the last of them."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.running: set[int] = set()
        self.forks = 0
        self.before: dict[int, int] = {}

    def begin(self, thread: int) -> None:
        with self.changed:
            while self.forks:
                self.changed.wait()
            if not self.running:
                self._limit()
            self.running.add(thread)

    def end(self, thread: int) -> None:
        with self.changed:
            self.running.discard(thread)
            if not self.running:
                self.restore()
            if self.forks:
                self.changed.notify_all()

    def _limit(self) -> None:
        """One that an interrupted pass has left lowered keeps the number that was noted then."""
        for place, library in enumerate(_libraries()):
            count = library.get_num_threads()
            if count != 1:
                self.before[place] = count
                _set(library, 1)

    def restore(self) -> None:
        """A number that was changed meanwhile is left as it is."""
        for place, count in self.before.items():
            if _libraries()[place].get_num_threads() == 1:
                _set(_libraries()[place], count)
        self.before.clear()


_passes = _Passes()


@cache
def _libraries() -> list[Any]:
    """The BLAS libraries of this process; finding them takes milliseconds."""
    found = ThreadpoolController().lib_controllers
    return [library for library in found if library.user_api == "blas"]


def _set(library: Any, count: int) -> None:
    """Sets the number of threads from whichever thread this is.

    Newer versions of threadpoolctl have a public function that obeys one thread of the process alone, and
    does nothing for all others. Here they are counted instead.
    """
    getattr(library, "_real_set_num_threads", library.set_num_threads)(count)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """While this is open, in any thread, BLAS computes with one thread; it may be nested."""
    thread = threading.get_ident()
    outermost = thread not in _passes.running
    try:
        if outermost:
            _passes.begin(thread)
        yield
    finally:
        if outermost:
            _passes.end(thread)


def keep_one_blas_thread() -> None:
    """Has BLAS compute with one thread for good; for a process that is a worker and nothing else."""
    for library in _libraries():
        _set(library, 1)


def _before_fork() -> None:
    """Waits for the passes of other threads, and keeps new ones from beginning.

    Of the hooks before a fork the last registered comes first. Those of the modules imported above take
    locks that a pass may need, so they have to come after this one.
    """
    _passes.changed.acquire()
    _passes.forks += 1
    own = threading.get_ident()
    if own not in _passes.running:  # a pass that forks may be what another one waits for
        _passes.changed.wait_for(lambda: not _passes.running, SECONDS)


def _after_fork() -> None:
    _passes.forks -= 1
    _passes.changed.notify_all()
    _passes.changed.release()


def _in_child() -> None:
    """Of all threads only the one that has forked is left."""
    global _passes
    inherited, own = _passes, threading.get_ident()
    _passes = _Passes()
    _passes.before = inherited.before
    _passes.running = inherited.running & {own}
    if not _passes.running:
        _passes.restore()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)
