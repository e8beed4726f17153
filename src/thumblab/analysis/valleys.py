"""Falls of a curve that ought to rise: valleys it climbs out of, and collapses it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Valley:
    """A fall of an accuracy.

    Attributes:
        epoch: Where it is deepest, counted from 1.
        depth: How far below the lower of the two summits around it (its prominence); for a
            collapse, below the highest epoch before it.
        recovered: Whether a later epoch climbs back by at least half the depth; else a collapse.
    """

    epoch: int
    depth: float
    recovered: bool


def valleys(accuracies: Array, *, depth: float = 0.05) -> tuple[Valley, ...]:
    """Where the accuracy falls by ``depth`` or more, in the order of the epochs.

    Args:
        accuracies: Fractions, one an epoch ``(epochs,)``; of a flat bottom its middle counts, the
            earlier one of two.
        depth: The least fall that counts, above 0.

    Raises:
        ValueError: If ``depth`` is not above 0, there is no epoch, or an accuracy is not finite.

    Example:
        >>> falls = valleys(np.array([0.5, 0.75, 0.25, 0.75, 0.5]))
        >>> [(fall.epoch, fall.depth, fall.recovered) for fall in falls]
        [(3, 0.5, True), (5, 0.25, False)]

    Source: the prominence of peaks, by ``scipy.signal.find_peaks``.
    """
    from scipy.signal import find_peaks

    values = np.asarray(accuracies, np.float64)
    if depth <= 0:
        raise ValueError(f"depth is {depth}; give a fraction above 0")
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(
            f"accuracies have shape {values.shape}; give (epochs,), finite, of at least one"
        )
    shore = np.append(values, values.max() + depth)  # so that a fall at the end has a far side
    bottoms, found = find_peaks(-shore, prominence=depth)
    return tuple(
        Valley(
            epoch=int(bottom) + 1,
            depth=float(fall),
            recovered=bool(values[bottom:].max() >= values[bottom] + fall / 2),
        )
        for bottom, fall in zip(bottoms, found["prominences"], strict=True)
    )
