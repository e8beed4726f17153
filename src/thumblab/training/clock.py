"""The wall clock of a run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Counts wall-clock seconds from its making on, on top of those of earlier sessions.

    Attributes:
        before: Seconds of earlier sessions, up to the state that this one goes on from.
    """

    def __init__(self) -> None:
        self.before, self._since = 0.0, time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self.before + time.perf_counter() - self._since

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Does not count what happens inside."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._since += time.perf_counter() - begun
