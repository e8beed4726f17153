"""What a terminal is spared: characters that steer it, lines without end, widths that are none."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

LONGEST_LINE = 2_000
MOST_LINES = 20
NARROWEST, WIDEST = 40, 400
"""Columns between which help is laid out, whatever the terminal says."""

_STEERING = [*range(32), *range(127, 160)]
_TURNING = [0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)]
"""Marks that turn the direction of writing, so that a name reads as another; and line separators."""


def _escaped(code: int) -> str:
    return chr(code).encode("unicode_escape").decode()


_IN_CELLS = {code: _escaped(code) for code in (*_STEERING, *_TURNING)}
_IN_TEXTS = {code: text for code, text in _IN_CELLS.items() if chr(code) not in "\n\t"}


def printable(text: str) -> str:
    r"""``text`` with an escape for every character that would steer a terminal; lines stay lines.

    >>> print(printable("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    return text.translate(_IN_TEXTS)


def cell(text: str) -> str:
    r"""``printable``, on one line.

    >>> print(cell("a\nb"))
    a\nb
    """
    return text.translate(_IN_CELLS)


def shortened(line: str) -> str:
    """A line that can be read: its middle is left out if it is long."""
    if len(line) <= LONGEST_LINE:
        return line
    head, tail = LONGEST_LINE * 3 // 4, LONGEST_LINE // 5
    return f"{line[:head]} ... {len(line) - head - tail:,} characters ... {line[-tail:]}"


def capped(lines: Sequence[str]) -> list[str]:
    """As many lines as can be read, and how many more there are."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES:,} more"]


@contextmanager
def readable_width() -> Iterator[None]:
    """While this is open, ``COLUMNS`` and ``LINES`` are numbers that help can be laid out with."""
    before = {name: os.environ.get(name) for name in ("COLUMNS", "LINES")}
    for name, value in before.items():
        if value is not None and not re.fullmatch(r"[1-9][0-9]{0,8}", value):
            del os.environ[name]
    width = _width()
    if width is not None and not NARROWEST <= width <= WIDEST:
        os.environ["COLUMNS"] = str(min(max(width, NARROWEST), WIDEST))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _width() -> int | None:
    if "COLUMNS" in os.environ:
        return int(os.environ["COLUMNS"])
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(AttributeError, OSError, ValueError):
            return os.get_terminal_size(stream.fileno()).columns  # type: ignore[union-attr]
    return None
