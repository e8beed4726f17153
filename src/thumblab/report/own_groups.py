"""The groups of classes that a data set names itself."""

from __future__ import annotations

from collections.abc import Sequence

from thumblab.analysis import Grouping
from thumblab.data import Dataset


def own_groups(dataset: Dataset, classes: Sequence[str]) -> Grouping | None:
    """The data's groups that have a class; None where there are none.

    Args:
        dataset: The data.
        classes: Of the network; None is given too if it has others than the data.
    """
    if dataset.groups is None or len(classes) != len(dataset.classes):
        return None
    used = sorted(set(dataset.groups))
    place = {group: index for index, group in enumerate(used)}
    names = tuple(dataset.group_names[group] for group in used)
    return Grouping(tuple(place[group] for group in dataset.groups), names)
