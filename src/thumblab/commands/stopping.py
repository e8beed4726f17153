"""Ctrl-C and SIGTERM: the first asks to stop after this batch, the second stops at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SHOW_CURSOR = "\x1b[?25h"


class Stop:
    """Whether somebody asked to stop.

    Attributes:
        number: Of the first signal; 0 for none.
    """

    number = 0

    @property
    def exit_code(self) -> int:
        """What a shell reports of a program that the signal ended; 0 without one."""
        return 128 + self.number if self.number else 0

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if self.number:
            if sys.stderr.isatty():
                sys.stderr.write(SHOW_CURSOR)
            os._exit(128 + number)
        self.number = number


@contextmanager
def stopping() -> Iterator[Stop]:
    """While this is open, signals only set a flag; afterwards they do what they did before."""
    stop = Stop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop.handle) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
