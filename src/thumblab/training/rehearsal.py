"""A session that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from thumblab.data import Dataset
from thumblab.training.experiment import Experiment
from thumblab.training.network import together
from thumblab.training.runs import Run
from thumblab.training.session import Session


@contextmanager
def rehearse(
    experiment: Experiment, dataset: Dataset, shards: int | None = None
) -> Iterator[Session]:
    """The session that training would begin with, in a temporary folder that goes in the end."""
    with together(experiment, dataset), TemporaryDirectory(prefix="thumblab-") as folder:
        yield Session(experiment, dataset, Run(Path(folder)), shards)
