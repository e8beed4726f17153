"""Pixel values of any depth as levels of 0 to 255.

A file's range is the one it declares. Where it declares none and holds less than its type could,
the range is the smallest usual one (1, 8, 10, 12, 14 or 16 bits) that holds its largest value, and
that is said: a 16-bit file of a 12-bit camera would be nearly black otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError

DEPTHS = (1, 8, 10, 12, 14, 16)
"""Bits of the ranges that are tried."""

SHALLOW = (1, 2, 4)
"""Bits of the ranges that are tried for 8-bit pictures that would be all but black, as masks are."""


def to_levels(
    values: NDArray[Any], full: float | None = None, *, real: bool = False
) -> tuple[NDArray[np.uint8], str | None]:
    """Levels ``0..255``, and how they were made, where that had to be guessed from the values.

    Args:
        values: Of any shape, not empty.
        full: The value of white that the file declares.
        real: Whether they are real numbers, whose usual range is 0 to 1, and not integers.

    Raises:
        DataError: If a value is NaN or infinite.
    """
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise DataError("its values hold NaN or infinity; replace them")
    note = None
    if full is not None and low >= 0 and high <= full:
        low = 0.0
    elif low >= 0 and high < 1 << DEPTHS[-1]:
        over = 1.0 if real else 0.0  # resampling leaves a little more than 1
        fitting = (float((1 << bits) - 1) for bits in DEPTHS)
        low, full = 0.0, next(most for most in fitting if high < most + max(over, 0.5))
        usual = full == 1 if real else full == (1 << DEPTHS[-1]) - 1
        note = None if usual else f"holds values up to {high:g}, read as 0 to {full:g}"
    else:
        full = high
        note = f"holds values from {low:g} to {high:g}, read as black to white"
    scaled = (values.astype(np.float32) - low) * (255 / max(full - low, 1e-30))
    return np.rint(scaled).clip(0, 255).astype(np.uint8), note


def shallow(high: int) -> int | None:
    """The largest value of the range that an 8-bit picture is in whose brightest value is ``high``.

    None where that is the usual 255.

    >>> shallow(1), shallow(14), shallow(16), shallow(0)
    (1, 15, None, None)
    """
    fitting = ((1 << bits) - 1 for bits in SHALLOW)
    return next((most for most in fitting if 0 < high <= most), None)
