"""The runs of two arms side by side: the seeds that both have, on the same images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.examined import Examined
from thumblab.audit.subject import Subject
from thumblab.evaluation.arms import settings_of
from thumblab.experiment import Experiment

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Paired:
    """Two arms, seed by seed.

    Attributes:
        first: Runs of one arm; those of the baseline, where it is one of the two.
        second: Runs of the other, of the same seeds in the same order.
        part: The images.
        labels: Of the images ``(images,)``.
    """

    first: tuple[Examined, ...]
    second: tuple[Examined, ...]
    part: str
    labels: Array

    @property
    def names(self) -> tuple[str, str]:
        """Of the two arms."""
        return self.first[0].arm, self.second[0].arm

    @property
    def label(self) -> str:
        """What findings call the two."""
        return f"{self.names[1]} against {self.names[0]}"

    def guesses(self, side: tuple[Examined, ...]) -> Array:
        """What the runs of one side say ``(seeds, images)``."""
        found = [each.logits(self.part) for each in side]
        return np.stack([each[0].argmax(1) for each in found if each is not None])

    @property
    def by_image(self) -> Array:
        """Hits of the second less those of the first: -1, 0 or 1 ``(seeds, images)``."""
        one, other = (self.guesses(side) == self.labels for side in (self.first, self.second))
        each: Array = other.astype(np.int64) - one.astype(np.int64)
        return each

    @property
    def difference(self) -> float:
        """Mean accuracy of the second less that of the first."""
        return float(self.by_image.mean())


def paired(subject: Subject, *, everything: bool = False) -> Iterator[Paired]:
    """The baseline with each other arm, or every arm with every other.

    Arms that have no seed in common, or were not predicted on the same images, are passed over.
    """
    pairs = list(subject.pairs())
    if everything:
        pairs = list(combinations(subject.examined.values(), 2))
    for first, second in pairs:
        found = _pair(first, second, subject.declared.part)
        if found is not None:
            yield found


def _pair(first: tuple[Examined, ...], second: tuple[Examined, ...], part: str) -> Paired | None:
    sides = [
        {each.experiment.seed: each for each in side if each.run.status == "done"}
        for side in (first, second)
    ]
    seeds = sorted(sides[0].keys() & sides[1].keys())
    both = tuple(tuple(side[seed] for seed in seeds) for side in sides)
    found = [each.logits(part) for side in both for each in side]
    if not seeds or any(each is None for each in found):
        return None
    labels = [each[1] for each in found if each is not None]
    if not len(labels[0]) or any(not np.array_equal(labels[0], each) for each in labels[1:]):
        return None
    return Paired(both[0], both[1], part, labels[0])


def differing(one: Experiment, other: Experiment) -> set[str]:
    """The settings in which two experiments differ, without seed and data; outermost names alone."""
    settings = settings_of(one), settings_of(other)
    names = settings[0].keys() | settings[1].keys()
    found = {name for name in names if settings[0].get(name) != settings[1].get(name)}
    model = {"model"} if one.model != other.model else set()
    return {name.partition(".")[0] for name in found - {"model"}} | model
