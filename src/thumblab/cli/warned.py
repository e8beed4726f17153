"""What the library warns of while a command runs: each once, as a line on standard error and in JSON."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Say = Callable[[str], None]


class Warned:
    """The warnings of one command.

    Attributes:
        lines: Each text once, in the order they came.
    """

    def __init__(self, say: Say) -> None:
        self.lines: list[str] = []
        self._say = say

    def show(self, message: Warning | str, *_: Any, **__: Any) -> None:
        """Takes the place of ``warnings.showwarning``."""
        text = " ".join(str(message).split())
        if text not in self.lines:
            self.lines.append(text)
            self._say(f"thumblab: {text}")

    @contextmanager
    def through(self, other: Say) -> Iterator[None]:
        """While this is open, warnings are printed by ``other``, such as a progress bar's ``say``."""
        self._say, before = other, self._say
        try:
            yield
        finally:
            self._say = before


_current: ContextVar[Warned | None] = ContextVar("warned", default=None)


def warned() -> Warned:
    """The warnings of the command that runs; outside of one, nothing is printed."""
    return _current.get() or Warned(lambda line: None)


@contextmanager
def collecting(say: Say) -> Iterator[None]:
    """Collects what is warned of inside, whatever filters Python was started with."""
    found = Warned(say)
    before = _current.set(found)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)  # ours; ``Warned`` shows each once
            warnings.showwarning = found.show
            yield
    finally:
        _current.reset(before)
