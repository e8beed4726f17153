"""Which workers a network gets: threads, or forked processes.

Threads pass the interpreter's lock to and fro, which costs where calls are short; processes do not, and share
weights and gradients through memory that the operating system frees with the last of them.
"""

from __future__ import annotations

import os
import platform
import sys

from thumblab.engines.numpy.workers.protocol import Kind, ShouldStop, Work, WorkerPool, carry_on
from thumblab.engines.numpy.workers.threads import ThreadPool

ORDERLY = ("x86_64", "AMD64", "i686")
"""Machines on which a core sees another's writes in the order they were made, as processes need it."""


def best_kind() -> Kind:
    """Processes where they can be forked safely; threads elsewhere and without the interpreter's lock."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    forks = all(hasattr(os, name) for name in ("fork", "waitid", "register_at_fork"))
    safe = forks and sys.platform == "linux" and platform.machine() in ORDERLY
    return "processes" if safe and not free_threaded else "threads"


def open_pool(
    count: int, work: Work, kind: Kind | None = None, should_stop: ShouldStop = carry_on
) -> WorkerPool:
    """A pool of ``count`` workers that do ``work``, and abandon it when they should stop."""
    if count > 1 and (kind or best_kind()) == "processes":
        from thumblab.engines.numpy.workers.processes import ProcessPool

        return ProcessPool(count, work, should_stop)
    return ThreadPool(count, work, should_stop)
