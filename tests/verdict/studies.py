"""Made-up studies, in which the truth is known."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

Array = NDArray[Any]
STEPS = 4096


@cache
def chances_by_rank() -> Array:
    """Of images to be got right: 90 % on the whole, most of them surely."""
    found = betaincinv(0.45, 0.05, (np.arange(STEPS) + 0.5) / STEPS)
    return np.asarray(found * 65536, np.float64)


def study(
    draw: np.random.Generator, seeds: int, alike: list[float], images: int = 188
) -> dict[str, Array]:
    """Hits of ``plain`` and of arms that are equally good on all images like these.

    ``alike`` is the correlation of each arm's ranks of the images with the baseline's: at 1 arms are
    equally good on these images too, below that they know other images.
    """
    first = draw.standard_normal(images)
    hits = {"plain": first}
    for number, r in enumerate(alike):
        own = draw.standard_normal(images)
        hits[f"arm {number}"] = r * first + (1 - r * r) ** 0.5 * own
    return {name: _hits(draw, seeds, ranks) for name, ranks in hits.items()}


def _hits(draw: np.random.Generator, seeds: int, ranks: Array) -> Array:
    chances = chances_by_rank()[np.minimum(ndtr(ranks) * STEPS, STEPS - 1).astype(np.int64)]
    words = draw.integers(0, 65536, (seeds, len(ranks)), dtype=np.uint16)
    return np.asarray(words < chances)
