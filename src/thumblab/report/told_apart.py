"""Classes that a cloud of points has in color, for there are never colors enough."""

from __future__ import annotations

from thumblab.analysis import most_confused
from thumblab.data import Dataset
from thumblab.evaluation.scored import Scored

COLORED = 8
"""Classes of many that are in color."""


def told_apart(dataset: Dataset, found: Scored | None) -> list[int]:
    """Classes worth telling apart: all of a few; of many, those of the most confused pairs."""
    every = list(range(len(dataset.classes)))
    if found is None or len(every) <= COLORED + 4:
        return every[: COLORED + 4]
    pairs = most_confused(found.guesses, found.labels)
    ends = [index for pair in pairs for index in (pair.first, pair.second)]
    return [index for index in dict.fromkeys([*ends, *every]) if index < len(every)][:COLORED]
