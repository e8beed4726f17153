"""A trainer that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from thumblab.data import Dataset
from thumblab.experiment.experiment import Experiment
from thumblab.runs.room import temporary_place
from thumblab.runs.run import Run
from thumblab.runs.states import state_bytes
from thumblab.training.network import distributed
from thumblab.training.sizes import check_fits
from thumblab.training.trainer import Trainer


class _DryRun(Trainer):
    def _check_room(self) -> None:
        """Room for one state is there; a run would keep several."""


@contextmanager
def dry_run(
    experiment: Experiment, dataset: Dataset, workers: int | None = None
) -> Iterator[Trainer]:
    """The trainer that training would begin with, in a temporary folder that goes in the end.

    Raises:
        WriteError: If there is no room for one state, wherever temporary files may be.
    """
    check_fits(experiment, dataset)
    place = temporary_place(2 * state_bytes(experiment, dataset.shape))
    with (
        distributed(experiment, dataset),
        TemporaryDirectory(prefix="thumblab-", dir=place) as folder,
    ):
        yield _DryRun(experiment, dataset, Run(Path(folder)), workers)
