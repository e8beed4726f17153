"""Characters in three groups, and networks that learn them in a fraction of a second."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.training import small
from thumblab.analysis import Grouping
from thumblab.data import Arrays, Dataset
from thumblab.experiment import Experiment
from thumblab.layers import Conv, Dense, Flatten, MaxPool, ReLU, Sequential
from thumblab.runs import Run
from thumblab.training import train

MODEL = Sequential(
    Sequential(Conv(4, stride=2), ReLU(), MaxPool(2), Flatten()), Dense(24), ReLU(), Dense(47)
)


@cache
def dataset() -> Dataset:
    """Ten of each class to train on: digits, upper case, lower case."""
    whole = small.dataset(10)
    kinds = tuple(0 if name.isdigit() else 1 if name.isupper() else 2 for name in whole.classes)
    return replace(whole, groups=kinds, group_names=("digit", "upper case", "lower case"))


def grouping() -> Grouping:
    data = dataset()
    assert data.groups is not None
    return Grouping(data.groups, data.group_names)


def trained(folder: Path, data: Dataset | None = None, **changes: Any) -> Run:
    """The run after two epochs; half of the training images are for validation."""
    of = Arrays.of(data or dataset())
    wanted: Experiment = small.experiment(
        **{"data": of, "model": MODEL, "augment": (), "epochs": 2, "validation": 0.5, "batch": 47}
        | changes
    )
    *_, last = train(wanted, runs=folder, workers=1)
    return last.run
