"""Numbers in the sentences of findings."""

from __future__ import annotations

from collections.abc import Sequence


def percent(fraction: float) -> str:
    """A fraction in percent.

    >>> percent(0.8612)
    '86.12 %'
    """
    return f"{100 * fraction:.2f} %"


def points(difference: float) -> str:
    """A difference of two fractions in points, with its sign.

    >>> points(0.0012)
    '+0.12 points'
    """
    return f"{100 * difference:+.2f} points"


def some(names: Sequence[object], most: int = 5) -> str:
    """The first few of many.

    >>> some(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    shown = ", ".join(map(str, names[:most]))
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
