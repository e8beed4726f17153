"""A data set as an experiment takes it apart: what it trains on, chooses by, and is tested on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.data import Check, Dataset, Split, check
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import parts

Array = NDArray[Any]


def split_settings(experiment: Experiment) -> tuple[object, ...]:
    """What decides which images are trained on and which choose."""
    return (
        experiment.validation,
        experiment.split_seed,
        experiment.subset,
        experiment.train_on,
    )


@dataclass(frozen=True, eq=False)
class SplitData:
    """The images of an experiment.

    Attributes:
        dataset: Whole.
        experiment: One of those that take it apart so.
    """

    dataset: Dataset
    experiment: Experiment

    @property
    def name(self) -> str:
        """Of the data set."""
        return self.dataset.name

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.dataset.classes

    @cached_property
    def _parts(self) -> tuple[Split, Split]:
        return parts(self.experiment, self.dataset)

    @property
    def train(self) -> Split:
        """What is trained on."""
        return self._parts[0]

    @property
    def validation(self) -> Split:
        """What choices are made by; empty if there is nothing."""
        return self._parts[1]

    @property
    def test(self) -> Split | None:
        """What is tested on."""
        test = self.dataset.test
        return test if test is not None and len(test) else None

    @property
    def is_pictures(self) -> bool:
        """Whether samples are images, not features."""
        return len(self.dataset.shape) == 3

    @cached_property
    def checked(self) -> Check:
        """What ``data.check`` says of the whole."""
        return check(self.dataset)

    def counts(self, part: Split) -> Array:
        """Samples of each class in a part ``(classes,)``."""
        return np.bincount(part.labels, minlength=len(self.classes))

    @cached_property
    def trained_digests(self) -> Array:
        """Of the samples that are trained on, sorted and each once."""
        return np.unique(self.train.digests)

    def trained_on(self, part: Split) -> Array:
        """Which samples of a part are, pixel by pixel, trained on: bool ``(n,)``."""
        return np.isin(part.digests, self.trained_digests)
