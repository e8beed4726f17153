"""Ctrl-C, SIGTERM and a terminal that goes: the first stops after this batch, the second at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SHOW_CURSOR = "\x1b[?25h"


class Stopped(BaseException):
    """Raised where a signal comes while there is nothing to save."""


class Stop:
    """Whether somebody asked to stop.

    Attributes:
        number: Of the first signal; 0 for none.
        saved: Whether all that has been done is saved, so that the first signal too stops at once.
    """

    number = 0
    saved = False

    def __init__(self) -> None:
        self._process = os.getpid()

    @property
    def exit_code(self) -> int:
        """What a shell reports of a program that the signal ended; 0 without one."""
        return 128 + self.number if self.number else 0

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if number == self.number == signal.SIGHUP:
            return  # shell and system both tell of a terminal that goes
        if self.number:
            if sys.stderr is not None and sys.stderr.isatty():
                sys.stderr.write(SHOW_CURSOR)
            os._exit(128 + number)
        self.number = number
        if self.saved and os.getpid() == self._process:  # not in a shard that is just being forked
            raise Stopped


@contextmanager
def stopping() -> Iterator[Stop]:
    """While this is open, signals only set a flag; afterwards they do what they did before."""
    stop = Stop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
        numbers.append(signal.SIGHUP)
    before = [signal.signal(number, stop.handle) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
