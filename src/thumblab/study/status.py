"""How far a study has come."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from thumblab.core.errors import RunError
from thumblab.runs import Run
from thumblab.study.cells import Cell, cells
from thumblab.study.index import read_index, remove_index, stamp_of, write_index
from thumblab.study.lease import Leases
from thumblab.study.lock import read_lock
from thumblab.study.queue import LEASES, UNFINISHED
from thumblab.study.study import Study
from thumblab.study.winners import resolved

KEPT = ("status", "epochs", "accuracy", "note")
"""What the index keeps of a run."""

State = Literal["done", "diverged", "failed", "running", "stopped", "missing", "damaged"]


@dataclass(frozen=True)
class CellStatus:
    """How far a run of a study has come.

    Attributes:
        arm: Its arm.
        seed: Number of its seed, from 0.
        name: Of its run folder.
        status: ``running`` while a process computes it, ``stopped`` if one has begun it.
        epochs: Done so far.
        accuracy: Of the validation images, at its end or after the last epoch so far.
        note: The status, and who computes it or why it failed.
    """

    arm: str
    seed: int
    name: str
    status: State
    epochs: int = 0
    accuracy: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Counts:
    """How many runs of a study there are, by status; ``done`` includes those that have diverged."""

    cells: int
    done: int
    diverged: int
    running: int
    failed: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def status(study: Study, runs: Path | str) -> list[CellStatus]:
    """Every run of a study, seeds outermost; none before it is locked and its search is done."""
    lock, folder = read_lock(study, runs), Path(runs)
    if lock is None or (study.search is not None and lock.searched is None):
        return []
    study, leases = resolved(study, lock), Leases(folder / LEASES)
    every = cells(study, lock.fingerprints(study), lock.count)
    known, found, new = read_index(lock.folder), [], {}
    for cell in every:
        stamp = stamp_of(folder / cell.name)
        before, about = known.get(cell.name, (None, {}))
        if stamp is None or stamp != before:
            found.append(_status(cell, folder, leases))
            about = {key: getattr(found[-1], key) for key in KEPT}
            if stamp is not None and found[-1].status in ("done", "diverged"):
                new[cell.name] = stamp, about
        else:
            found.append(CellStatus(cell.arm, cell.seed, cell.name, **about))
    write_index(lock.folder, new)
    return found


def rebuild_index(study: Study, runs: Path | str) -> int:
    """Makes the index of the results anew from the run folders; returns how many of them there are.

    Raises:
        UsageError: If the study is not what was locked.
    """
    lock = read_lock(study, runs)
    if lock is None:
        return 0
    remove_index(lock.folder)
    status(study, runs)
    return len(read_index(lock.folder))


def counts(study: Study, runs: Path | str) -> Counts:
    """How many there are of each status."""
    found = [each.status for each in status(study, runs)]
    return Counts(
        cells=len(found) or study.seeds.count * len(study.each),
        done=found.count("done") + found.count("diverged"),
        diverged=found.count("diverged"),
        running=found.count("running"),
        failed=found.count("failed"),
    )


def _status(cell: Cell, runs: Path, leases: Leases) -> CellStatus:
    if cell.is_done(runs):
        return _over(cell, cell.run(runs))
    if (reason := leases.failure(cell.name)) is not None:
        return CellStatus(cell.arm, cell.seed, cell.name, "failed", note=f"failed: {reason}")
    begun = sorted((runs / UNFINISHED).glob(f"{cell.name}.*/{cell.name}"))
    epochs, accuracy = _so_far(Run(begun[-1])) if begun else (0, None)
    holder = leases.holder(cell.name)
    state: State = "running" if holder else "stopped" if begun else "missing"
    note = f"running ({holder})" if holder else state
    return CellStatus(cell.arm, cell.seed, cell.name, state, epochs, accuracy, note)


def _over(cell: Cell, run: Run) -> CellStatus:
    try:
        result = run.result or {}
    except RunError as error:
        return CellStatus(cell.arm, cell.seed, cell.name, "damaged", note=f"damaged: {error}")
    state: State = "diverged" if result.get("status") == "diverged" else "done"
    accuracy = result.get("validation_accuracy")
    return CellStatus(
        cell.arm, cell.seed, cell.name, state, result.get("epochs", 0), accuracy, state
    )


def _so_far(run: Run) -> tuple[int, float | None]:
    """Epochs and accuracy of a run that may be written at this moment."""
    try:
        last = run.metrics[-1]
    except (RunError, OSError, IndexError):
        return 0, None
    return int(last["epoch"]), last.get("validation_accuracy")
