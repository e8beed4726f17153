"""Differences of accuracy as text, in points of a hundred."""

from __future__ import annotations

from math import floor, log10

Interval = tuple[float, float]

MOST = 3
"""Decimal places."""


def places(interval: Interval | None) -> int:
    """Decimal places that say something: of half the width, two figures.

    >>> places((0.012, 0.034)), places((0.0101, 0.0104)), places(None)
    (1, 3, 2)
    """
    if interval is None:
        return 2
    half = max(50 * (interval[1] - interval[0]), 10.0**-MOST)
    return min(max(1 - floor(log10(half)), 1), MOST)


def points(difference: float, interval: Interval | None = None) -> str:
    """A difference with its sign.

    >>> points(0.0123, (0.001, 0.024)), points(-0.004), points(-1e-9)
    ('+1.2', '-0.40', '0.00')
    """
    digits = places(interval)
    text = f"{100 * difference:+.{digits}f}"
    return text[1:] if float(text) == 0 else text


def span(interval: Interval, between: str = " to ") -> str:
    """Both ends of an interval.

    >>> span((-0.001, 0.024))
    '-0.1 to +2.4'
    """
    return f"{points(interval[0], interval)}{between}{points(interval[1], interval)}"
