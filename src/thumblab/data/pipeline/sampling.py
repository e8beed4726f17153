"""Sampling: which training images an epoch takes, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.random import stream
from thumblab.core.value import Value, type_name
from thumblab.data.pipeline.augment import Rows


@dataclass(frozen=True)
class Sampling(Value):
    """Base of the samplings. To add one, derive from it and register ``order``."""


@dataclass(frozen=True)
class Uniform(Sampling):
    """Every image once an epoch."""


@dataclass(frozen=True)
class Balanced(Sampling):
    """As many images an epoch as there are, drawn with replacement: a class, then one of its images.

    Images of a rare class come several times, each time changed in another way; some of a frequent
    one do not come at all. Classes without images are never drawn.

    Attributes:
        power: A class of ``n`` images has a chance in proportion to ``n**power``: 0 makes all
            classes alike, 0.5 is a compromise, 1 leaves them as they are in the data.

    Source: Kang et al. 2020, arXiv:1910.09217, whose ``q`` this is.
    """

    power: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.power <= 1:
            raise UsageError(f"power is {self.power}; give a number from 0 to 1")


@singledispatch
def order(sampling: Sampling, labels: NDArray[np.int64], seed: int, epoch: int) -> Rows:
    """Which sample stands at each place of an epoch, ``(n,)``.

    Args:
        sampling: How they are chosen.
        labels: Class indices of the training part, ``(n,)``.
        seed: Of the experiment.
        epoch: From 0.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(sampling))}; register one with @order.register"
    )


@order.register
def _once_each(sampling: Uniform, labels: NDArray[np.int64], seed: int, epoch: int) -> Rows:
    return stream(seed, "order", epoch).permutation(len(labels))


@order.register
def _drawn(sampling: Balanced, labels: NDArray[np.int64], seed: int, epoch: int) -> Rows:
    counts, draws = np.bincount(labels), stream(seed, "order", epoch)
    present = np.flatnonzero(counts)
    chances = counts[present] ** sampling.power
    classes = draws.choice(present, len(labels), p=chances / chances.sum())
    which = (draws.random(len(labels)) * counts[classes]).astype(np.int64)
    begin = np.cumsum(counts) - counts
    rows: Rows = np.argsort(labels, kind="stable")[begin[classes] + which]
    return rows
