"""Ctrl-C, SIGTERM and a terminal that goes: the first stops within this batch, the second at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SHOW_CURSOR = "\x1b[?25h"
HANGUP: int | None = getattr(signal, "SIGHUP", None)
"""A terminal that goes; Windows does not tell."""


class Stopped(BaseException):
    """Raised where a signal comes while there is nothing to save."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Stop:
    """Whether a stop was asked for.

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
        if number == self.number == HANGUP:
            return  # shell and system both tell of a terminal that goes
        if self.number:
            if sys.stderr is not None and sys.stderr.isatty():
                sys.stderr.write(SHOW_CURSOR)
            os._exit(128 + number)
        self.number = number
        if self.saved and os.getpid() == self._process:  # not in a worker that is just being forked
            raise Stopped(number)


@contextmanager
def stopping() -> Iterator[Stop]:
    """While this is open, signals only set a flag; afterwards they do what they did before.

    Outside of the main thread there are no signals to hear, and none is touched.
    """
    stop, numbers = Stop(), list[int]()
    if threading.current_thread() is threading.main_thread():
        numbers += [signal.SIGINT, signal.SIGTERM]
        if HANGUP is not None and signal.getsignal(HANGUP) != signal.SIG_IGN:  # as nohup has it
            numbers.append(HANGUP)
    before = [signal.signal(number, stop.handle) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def stopping_at_once() -> Iterator[None]:
    """While this is open, the first signal raises ``Stopped``, so that whatever is open is closed."""
    with stopping() as stop:
        stop.saved = True
        yield


class Ending:
    """How a list that takes long came to its end.

    Attributes:
        code: Exit code: 0, or that of the signal that ended it.
    """

    code = 0

    @property
    def partial(self) -> dict[str, bool]:
        """What a JSON object says of a list that has not come to its end."""
        return {"partial": True} if self.code else {}


@contextmanager
def until_stopped() -> Iterator[Ending]:
    """Work that a signal may end here: the command goes on, and answers with what it has."""
    ending = Ending()
    try:
        yield ending
    except Stopped as stopped:
        ending.code = stopped.exit_code
    except KeyboardInterrupt:
        ending.code = 128 + signal.SIGINT
