"""The runs that a study consists of: an arm with a seed each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thumblab.core.errors import UsageError
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.experiment import Experiment
from thumblab.runs import Run
from thumblab.study.study import Study

Data = Mapping[DatasetSpec, Dataset]


@dataclass(frozen=True)
class Cell:
    """A run that a study needs.

    Attributes:
        arm: Name of the arm.
        seed: Number of the seed, from 0.
        experiment: What is trained.
        key: 64 hex digits that name the run (see ``Experiment.key``).
    """

    arm: str
    seed: int
    experiment: Experiment
    key: str

    @property
    def name(self) -> str:
        """Of its run folder."""
        return self.key[:12]

    def run(self, runs: Path) -> Run:
        """Its run, in the folder of runs, whether or not it is there."""
        return Run(runs / self.name)

    def is_done(self, runs: Path) -> bool:
        """Whether its result is there; a run that has diverged is a result."""
        return (runs / self.name / "result.json").exists()


def read_data(study: Study, root: Path | str | None = None) -> dict[DatasetSpec, Dataset]:
    """The data of every arm, each read once."""
    sources = dict.fromkeys(arm.experiment.data for arm in study.each)
    return {source: read(source, root) for source in sources}


def cells(
    study: Study, fingerprints: Mapping[DatasetSpec, str], count: int | None = None
) -> list[Cell]:
    """Every run of a study, seeds outermost, so that all arms have their first seeds early.

    Args:
        study: The study.
        fingerprints: Of the data of every arm.
        count: Seeds of each arm; those that the study declares unless given.

    Raises:
        UsageError: If settings are to be searched first (see ``winners.resolved``).
    """
    if study.search is not None:
        raise UsageError(
            f"the settings of {study.name} have not been searched yet; search them first",
            remedies=("search",),
        )
    found = []
    for number in range(study.seeds.count if count is None else count):
        for arm in study.each:
            experiment = study.seeds.apply(arm.experiment, number)
            key = experiment.key(fingerprints[experiment.data])
            found.append(Cell(arm.name, number, experiment, key))
    return found
