"""Numbers as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

SPACE = "\N{NO-BREAK SPACE}"


def percent(fraction: float, places: int = 1) -> str:
    r"""A fraction in percent; never rounded up to all or down to none.

    >>> percent(0.7691), percent(0.99999), percent(1.0), percent(0.0)
    ('76.9\xa0%', '>\xa099.9\xa0%', '100.0\xa0%', '0.0\xa0%')
    """
    small = 0.5 * 10**-places / 100
    edge = 10.0**-places
    if 1 - small <= fraction < 1:
        return f">{SPACE}{100 - edge:.{places}f}{SPACE}%"
    if 0 < fraction < small:
        return f"<{SPACE}{edge:.{places}f}{SPACE}%"
    return f"{100 * fraction:.{places}f}{SPACE}%"


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(73151)
    '73,151'
    """
    return f"{number:,}"


def number(value: float, places: int = 3) -> str:
    """A number with so many decimal places; a dash where there is none.

    >>> number(0.75072), number(float("nan"))
    ('0.751', '–')
    """
    return f"{value:,.{places}f}" if math.isfinite(value) else "–"


def duration(seconds: float) -> str:
    """Seconds in the largest units that say enough.

    >>> duration(9.507), duration(83), duration(7322)
    ('9.5 s', '1 min 23 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(shape: Sequence[int]) -> str:
    """A shape with its axes between crosses.

    >>> size((1, 28, 28))
    '1 × 28 × 28'
    """
    return " × ".join(map(str, shape))


def spoken(value: object) -> str:
    """The name of a value's class in plain words.

    >>> from thumblab.analysis.mappings import GroupSum
    >>> spoken(GroupSum())
    'group sum'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(value).__name__).lower()


def first_line(value: object) -> str:
    """What a value's class says of itself first, without marks of code.

    >>> from thumblab.analysis.mappings import TemperedSum
    >>> first_line(TemperedSum())
    'GroupSum of softmax(logits / T), T with the least coarse cross-entropy.'
    """
    return (type(value).__doc__ or "").partition("\n")[0].replace("`", "")
