"""One run as an audit sees it: what its folder says, read once, and what can be derived from it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.split_data import SplitData
from thumblab.core.errors import RunError, ThumblabError, UntrustedError
from thumblab.experiment import Experiment
from thumblab.runs import Run
from thumblab.storage.checkpoint import Arrays
from thumblab.training.initial_weights import initial_weights

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Examined:
    """A run of a subject.

    Attributes:
        arm: Its arm's name.
        run: The run.
        split_data: Gives the data it was trained on, as it takes them apart; None if not at hand.
    """

    arm: str
    run: Run
    split_data: Callable[[Run], SplitData | None]

    @property
    def name(self) -> str:
        """What findings call it."""
        return str(self.run.folder)

    @property
    def experiment(self) -> Experiment:
        """What was run."""
        return self.run.experiment

    @cached_property
    def data(self) -> SplitData | None:
        """The data it was trained on."""
        return self.split_data(self.run)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Its epochs."""
        return self.run.metrics

    @cached_property
    def result(self) -> dict[str, Any]:
        """``result.json``; empty while the run is not over."""
        return self.run.result or {}

    @cached_property
    def stored(self) -> dict[str, Array]:
        """Logits and labels by part; empty where there are no usable ones."""
        with suppress(RunError):
            return self.run.predictions
        return {}

    def logits(self, part: str) -> tuple[Array, Array] | None:
        """Logits and labels of a part that were stored; None if there are none."""
        if f"{part}_logits" not in self.stored:
            return None
        return self.stored[f"{part}_logits"], self.stored[f"{part}_labels"]

    def hits(self, part: str) -> Array | None:
        """Which images of a part it has right: bool ``(n,)``; None if none were predicted."""
        found = self.logits(part)
        return None if found is None else found[0].argmax(1) == found[1]

    @cached_property
    def kept(self) -> tuple[Arrays, dict[str, Any]] | None:
        """Trained weights by path and what their file says; None where there are no usable ones."""
        with suppress(RunError):
            return self.run.trained()
        return None

    @cached_property
    def initial(self) -> Arrays | None:
        """The weights that training began with, derived from the seed again; None if that is not possible."""
        if self.data is None:
            return None
        plain = replace(
            self.experiment, engine="numpy", device="cpu", channels_last=False, compile=False,
            precision="float64" if self.experiment.precision == "float64" else "float32",
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return initial_weights(plain, self.data.dataset)
            except UntrustedError:
                raise
            except (ThumblabError, OSError):  # such as a file of first weights that is gone
                return None

    def curve(self, name: str) -> Array | None:
        """A column of the metrics ``(epochs,)``; None if an epoch lacks it."""
        values = [line.get(name) for line in self.lines]
        if not values or any(value is None for value in values):
            return None
        return np.array(values, np.float64)

    @property
    def weights_epoch(self) -> int:
        """The epoch whose weights the run ends with; of one that does not say, the last."""
        return int(self.result.get("weights_epoch") or len(self.lines))
