"""The learning-rate range test: a short training whose learning rate rises until it is too much.

Source: Smith 2017, arXiv:1506.01186; with a learning rate that rises exponentially, as practice has it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.experiment.experiment import Experiment
from thumblab.training.dry_run import dry_run

FEWEST_STEPS = 20
SMOOTHING = 0.03
"""Standard deviation of the smoothing kernel, as a share of the steps."""
SURE, TRIFLE = 6.0, 0.02
"""A fall counts that is so many times the noise of the smoothed loss, and so large a share of the loss."""
HOPELESS = 4.0
"""The test ends early once a loss is so many times the loss of the first steps."""


@dataclass(frozen=True, eq=False)
class LRRangeTest:
    """What a range test saw; one entry a step.

    Attributes:
        rates: Learning rates, growing ``(n,)``.
        losses: Mean loss of each step's batch before the step, in nats ``(n,)``; finite.
        ended: ``"highest"`` if every learning rate up to the highest was tried, else why not: ``"hopeless"``
            if the loss had grown beyond all bounds, ``"infinite"`` if it was not finite.
    """

    learning_rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    ended: str

    @property
    def smoothed(self) -> NDArray[np.float64]:
        """Losses under a Gaussian over neighboring steps, on both sides, so that nothing lags."""
        from scipy.ndimage import gaussian_filter1d

        width = max(1.0, SMOOTHING * len(self.losses))
        found: NDArray[np.float64] = gaussian_filter1d(self.losses, width, mode="nearest")
        return found

    @property
    def lowest(self) -> int:
        """The step at which the smoothed loss is lowest."""
        return int(self.smoothed.argmin())

    @property
    def fall(self) -> float:
        """By how much the smoothed loss falls below where it began, in nats."""
        return float(self.smoothed[0] - self.smoothed.min())

    @property
    def fell(self) -> bool:
        """Whether that is more than the noise of batches, and more than a trifle."""
        steps = np.abs(np.diff(self.losses[: self.lowest + 1]))
        if len(steps) < 2:
            return False
        noise = float(np.median(steps)) / 0.954  # of one batch: the median |difference| of normals
        smoothed = noise / (2 * np.pi**0.5 * max(1.0, SMOOTHING * len(self.losses))) ** 0.5
        return bool(self.fall > max(SURE * smoothed, TRIFLE * float(self.smoothed[0])))

    @property
    def steepest(self) -> float | None:
        """The learning rate at which the smoothed loss falls fastest per decade; None if it hardly falls."""
        smoothed, end = self.smoothed, self.lowest + 1
        if not self.fell:
            return None
        slope = np.gradient(smoothed[:end], np.log10(self.learning_rates[:end]))
        return float(self.learning_rates[slope.argmin()])

    @property
    def diverges(self) -> float | None:
        """The first learning rate past the lowest smoothed loss at which a tenth of the fall is lost again.

        None if no learning rate that was tried was too much.
        """
        smoothed, low = self.smoothed, self.smoothed.min()
        worse = np.flatnonzero(smoothed[self.lowest :] > low + 0.1 * (smoothed[0] - low))
        if len(worse):
            return float(self.learning_rates[self.lowest + worse[0]])
        return None if self.ended == "highest" else float(self.learning_rates[-1])


def lr_range_test(
    experiment: Experiment,
    dataset: Dataset,
    lowest: float = 1e-5,
    highest: float = 10.0,
    steps: int = 100,
    *,
    workers: int | None = None,
) -> Generator[LRRangeTest, None, None]:
    """Trains ``steps`` steps at rates from ``lowest`` to ``highest``; yields what it saw so far.

    Everything but the learning rate is the experiment's: first weights, batches, augmentation, loss and
    optimizer. Where an optimizer updates some weights by another one, as ``Muon`` does, that one's
    learning rate keeps its proportion to the one tested. Nothing is written but in a temporary folder.

    Raises:
        UsageError: If the rates or the steps make no test, or the first loss is not finite.
    """
    if not 0 < lowest < highest < float("inf") or steps < FEWEST_STEPS:
        raise UsageError(
            f"rates from {lowest:g} to {highest:g} in {steps} steps make no test; give a lowest "
            f"rate above 0, a higher one, and at least {FEWEST_STEPS} steps"
        )
    learning_rates = np.geomspace(lowest, highest, steps)
    losses: list[float] = []
    ended = ""
    with dry_run(experiment, dataset, workers) as trainer:
        while not ended:
            loss = trainer.train_step(float(learning_rates[len(losses)]))
            if isfinite(loss):
                losses.append(loss)
            elif not losses:
                raise UsageError(
                    f"the loss is {loss} before the first step, whatever the learning rate; look at "
                    "the data's normalization, and at the model"
                )
            ended = _ended(losses, loss, steps)
            yield LRRangeTest(learning_rates[: len(losses)], np.array(losses), ended)


def _ended(losses: list[float], loss: float, steps: int) -> str:
    if not isfinite(loss):
        return "infinite"
    if loss > HOPELESS * np.mean(losses[:5]):
        return "hopeless"
    return "highest" if len(losses) == steps else ""
