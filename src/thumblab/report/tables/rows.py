"""What a table is made of, and how a cell reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Cell = str | int | float | bool | None
"""A value of a table; None where there is none."""

Row = Mapping[str, Cell]
"""Cells by the name of their column."""

FIGURES = 4
"""Significant figures of a number in a table for people."""


def heads(rows: Sequence[Row]) -> list[str]:
    """The columns of all rows, in the order in which they come first.

    >>> heads([{"arm": "plain"}, {"seeds": 3, "arm": "after"}])
    ['arm', 'seeds']
    """
    return list(dict.fromkeys(name for row in rows for name in row))


def is_number(cell: Cell) -> bool:
    """Whether the cell is a number; True and False are none."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def numeric(rows: Sequence[Row], column: str) -> bool:
    """Whether a column has numbers, and nothing else but gaps."""
    known = [row[column] for row in rows if row.get(column) is not None]
    return bool(known) and all(map(is_number, known))


def for_people(cell: Cell) -> str:
    """A cell as it is read: numbers with four significant figures at most, gaps empty.

    >>> for_people(0.871234), for_people(1234567), for_people(None), for_people(True)
    ('0.8712', '1234567', '', 'yes')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return "–"
        return f"{cell:.0f}" if 1e3 <= abs(cell) < 1e15 else f"{cell:.{FIGURES}g}"
    return str(cell)
