"""Runs of a study that other machines have trained, put among those that are here."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from thumblab.core.errors import RunError, UsageError
from thumblab.data import Dataset, DatasetSpec
from thumblab.runs import Run
from thumblab.study.cells import Cell, cells
from thumblab.study.lock import lock_study
from thumblab.study.queue import PART, UNFINISHED, differing, put
from thumblab.study.study import Study
from thumblab.study.winners import adopted, resolved


@dataclass(frozen=True)
class Merged:
    """What came of it: runs that are new, that were there already, and that are in no folder."""

    new: int
    known: int
    missing: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def merge_runs(
    study: Study,
    folders: Sequence[Path],
    *,
    runs: Path | str,
    datasets: Mapping[DatasetSpec, Dataset],
) -> Merged:
    """Copies every result of the study that is in ``folders`` to ``runs``; the first one stays.

    What the study's search has found is taken from there too, if it is not known here.

    Raises:
        UsageError: If a folder is not there.
        RunError: If a run is not the one that the study asks for.
    """
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder; name one that holds runs")
    target = Path(runs)
    lock = adopted(study, lock_study(study, target, datasets), folders)
    study = resolved(study, lock)
    new = known = missing = 0
    for cell in cells(study, lock.fingerprints(study), lock.count):
        there = cell.is_done(target)
        for folder in folders:
            if not cell.is_done(folder):
                continue
            if cell.is_done(target):
                _compare(folder / cell.name, target / cell.name)
            else:
                _take(cell, folder, target)
        known += there
        new += not there and cell.is_done(target)
        missing += not cell.is_done(target)
    return Merged(new, known, missing)


def _take(cell: Cell, folder: Path, target: Path) -> None:
    run = Run.open(folder / cell.name)
    if run.about["key"] != cell.key:
        raise RunError(f"{run.folder} is another run than its name says; leave it out")
    copy = target / UNFINISHED / f"{cell.name}.merge.{os.getpid()}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(run.folder, copy / PART, ignore=shutil.ignore_patterns(".*"))
    put(target, cell.name, copy / PART)


def _compare(one: Path, other: Path) -> None:
    if (difference := differing(one, other)) is not None:
        warnings.warn(
            f"{one} and {other} differ in {difference}; the latter stays, for two machines, or numbers of "
            "threads, round differently",
            stacklevel=3,
        )
