"""Numbers too small for their full digits, which many processors add and multiply many times as slowly.

What decays without ever being fed, such as the velocity of a unit that is dead, ends among them, and every
later step is slow. Such numbers become zero here, long before they matter to a weight.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EVERY = 8
"""Steps from one flush to the next; the step's number decides, so that a resumed run repeats it."""
ROOM = 2.0**EVERY
"""Multiple of the least normal number that is flushed: what halves at every step stays normal till then."""


@cache
def _shift(dtype: np.dtype[Any]) -> Any:
    """The number whose last digit is the least that may stay."""
    kind = np.finfo(dtype)
    return dtype.type(ROOM * float(kind.tiny) / float(kind.eps))


def flush(arrays: Iterable[Array], count: int) -> None:
    """Every ``EVERY``-th step, rounds numbers to a grid of ``ROOM`` least normal ones; others stay.

    ``(x + s) - s`` does so in two passes without a comparison; where ``x`` is far larger than ``s``
    (1e-27 in float32), as all that matters is, it changes no bit.

    Args:
        arrays: Changed in place.
        count: 1 at the first step.
    """
    if count % EVERY:
        return
    for array in arrays:
        shift = _shift(array.dtype)
        array += shift
        array -= shift
