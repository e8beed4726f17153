"""Round numbers along an axis."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from ``low`` to ``high``, at most ``most`` of them.

    >>> ticks(-1.3, 4.1), ticks(1, 8, 4)
    ([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0])
    """
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return [low] if isfinite(low) else []
    rough = (high - low) / max(most, 1)
    power = 10.0 ** floor(log10(rough))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(number * step, 12) + 0.0 for number in range(first, last + 1)]
    return []


def label(value: float) -> str:
    """A tick in few letters.

    >>> label(1500), label(2_000_000.0), label(0.25), label(-3.0)
    ('1.5k', '2M', '0.25', '-3')
    """
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.6g}{unit}"
    return f"{value:.6g}"


def log_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """1, 2 and 5 times powers of ten between two positive numbers; fewer where that is enough.

    >>> log_ticks(900, 12_000_000)
    [1000.0, 10000.0, 100000.0, 1000000.0, 10000000.0]
    >>> log_ticks(15, 90)
    [20.0, 50.0]
    """
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for steps in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        found = [step * 10.0**power for power in powers for step in steps]
        inside = [value for value in found if low <= value <= high]
        if len(inside) <= most:
            return inside
    return inside[:: ceil(len(inside) / most)]
