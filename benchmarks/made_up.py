"""Made-up studies, in which the truth about the arms is known, and studies of real networks' hits.

Each image has a chance of being got right: 90 % in the mean, E p(1 - p) = 0.03, so that independent mistakes
give a standard deviation over the seeds of 0.17 points on 10,000 images, as of networks on CIFAR-10. Arms'
ranks of the images are correlated: 1 ("same"), 0.98 ("close"), 0.9 ("far"); on endlessly many images they are
equally good unless they are shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hits
import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

Array = NDArray[Any]
KINDS = {"same": 1.0, "close": 0.98, "far": 0.9}
MIXED = (*KINDS.values(),)
DOUBT = 0.03
"""E p(1 - p)."""
STEPS = 8192
REAL = Path(__file__).parent / "data" / "characters-hits.npz"
"""Hits of 48 networks: an MLP on the embedded characters for 5 epochs, 4 arms of 12 seeds, 1,880 images."""


@cache
def by_rank() -> Array:
    """Chances of images, from the most doubtful to the surest."""
    return np.asarray(betaincinv(0.45, 0.05, (np.arange(STEPS) + 0.5) / STEPS), np.float64)


@dataclass(frozen=True)
class World:
    """What a study is drawn from; the first of everything is the baseline's.

    Attributes:
        images: How many.
        alike: Correlation of each other arm's ranks with the baseline's.
        spread: Variance over the seeds in units of that of independent mistakes, 1 or more, of each arm.
        shift: By how much each arm is better on endlessly many images.
        collapsing: Chance of a seed to lose 20 standard deviations of a difference.
    """

    images: int
    alike: tuple[float, ...]
    spread: tuple[float, ...] = ()
    shift: tuple[float, ...] = ()
    collapsing: float = 0.0


@dataclass(frozen=True, eq=False)
class Study:
    """One draw: hits by arm, and by how much each other arm is better on these very images."""

    hits: dict[str, Array]
    truth: dict[str, float]


def draw(rng: np.random.Generator, world: World, seeds: int) -> Study:
    """A study of so many seeds an arm."""
    ranks = rng.standard_normal((len(world.alike) + 1, world.images))
    alike = np.array(world.alike)[:, None]
    ranks[1:] = alike * ranks[:1] + np.sqrt(1 - alike**2) * ranks[1:]
    chances = by_rank()[np.minimum((ndtr(ranks) * STEPS).astype(np.int64), STEPS - 1)]
    weight = chances * (1 - chances) / DOUBT
    if world.shift:
        chances = chances + weight * np.array(world.shift)[:, None]
    names = ["plain", *(f"arm {place}" for place in range(len(world.alike)))]
    found = {}
    for place, name in enumerate(names):
        moved = _quality(rng, world, place, seeds)
        rows = chances[place] if moved is None else chances[place] + weight[place] * moved[:, None]
        bars = np.clip(rows * 65536, 0, 65535).astype(np.uint16)
        found[name] = rng.integers(0, 65536, (seeds, world.images), dtype=np.uint16) < bars
    means = chances.mean(1)
    return Study(found, {name: float(means[k] - means[0]) for k, name in enumerate(names) if k})


def _quality(rng: np.random.Generator, world: World, place: int, seeds: int) -> Array | None:
    """What each seed's network is better by than its arm; None if nothing."""
    spread = world.spread[place] if world.spread else 1.0
    if spread == 1 and not world.collapsing:
        return None
    variance = DOUBT / world.images
    moved = rng.standard_normal(seeds) * ((spread - 1) * variance) ** 0.5
    lost = rng.random(seeds) < world.collapsing
    return np.asarray(moved - 20 * (2 * spread * variance) ** 0.5 * lost)


def real() -> dict[str, Array]:
    """Hits of real networks by arm, bool ``(12, 1880)``."""
    return hits.load(REAL)


def mixed(arms: int, turn: int = 0) -> tuple[float, ...]:
    """A third of the arms each same, close and far; where there are fewer, by turns."""
    return tuple(MIXED[(place + turn) % 3] for place in range(arms))


def standard_error(share: float, number: int) -> float:
    """Of a share of so many."""
    return float((share * (1 - share) / number) ** 0.5)


def shares(counts: Sequence[int], number: int) -> list[float]:
    """As shares."""
    return [count / number for count in counts]
