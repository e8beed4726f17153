"""Training with progress and signals, as ``train`` and ``demo`` share it."""

from __future__ import annotations

import os
import warnings
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from thumblab.cli.checked import summary, warn_of
from thumblab.cli.output import caution, say, speaks
from thumblab.cli.places import RUNS, runs_folder
from thumblab.cli.progress import reporter
from thumblab.cli.stopping import Stopped, stopping
from thumblab.cli.warned import warned

if TYPE_CHECKING:
    from thumblab.data import Check, Dataset
    from thumblab.experiment import Experiment
    from thumblab.kernels.plan import Plan
    from thumblab.runs import Run
    from thumblab.runs.naming import Naming
    from thumblab.training import Progress

SECONDS_UNTOLD = 2
"""What takes longer is said before it begins."""


@Parameter(name="*")
@dataclass(frozen=True)
class RunOptions:
    """Where a run is kept, and what it is called.

    Attributes:
        runs: Folder of run folders.
        name: Name of the run; every command takes it in place of the folder.
        note: Free text that `thumblab runs` shows.
    """

    runs: Annotated[Path | None, RUNS] = None
    name: str | None = None
    note: str | None = None

    def found(self) -> tuple[Path, Naming | None]:
        """The folder, and the name and note, if one is given."""
        from thumblab.runs.naming import Naming

        given = Naming(self.name or "", self.note or "") if self.name or self.note else None
        return self.runs or runs_folder(), given


@dataclass(frozen=True)
class Where:
    """Where and how a run is trained.

    Attributes:
        runs: Folder of run folders.
        workers: Parts of a batch computed side by side.
        resume: Whether an unfinished run is continued.
        plan: Which kernel convolves what; None for the run's own, or the fixed table.
        naming: What the run is called.
    """

    runs: Path
    workers: int | None = None
    resume: bool = False
    plan: Plan | None = None
    naming: Naming | None = None


@dataclass(frozen=True)
class Outcome:
    """How training ended.

    Attributes:
        run: The run.
        exit_code: 0 when it is done; else that of divergence or of a signal.
    """

    run: Run
    exit_code: int = 0


def train_shown(
    experiment: Experiment, dataset: Dataset, where: Where, found: Check | None = None
) -> Outcome:
    """Trains, and shows it and what was ``found`` of its data; a signal ends it within a layer."""
    from thumblab.core.errors import DivergedError
    from thumblab.runs import Run

    run = Run(where.runs / experiment.key(dataset.fingerprint)[:12])
    lost = run.lost if where.resume else []
    if run.status == "done" and not lost:
        _name(run, where)
        say(f"{run.folder} is done already; this is its result")
        return Outcome(run)
    for reason in lost:
        caution(f"thumblab: {reason}; writing it again")
    try:
        signalled = _walk(experiment, dataset, where, found)
    except DivergedError as error:
        caution(f"thumblab: {error}")
        return Outcome(run, error.exit_code)
    if signalled and run.status != "done":
        say(f"stopped, saved in {run.folder}; continue with the same command and --resume")
    return Outcome(run, signalled)


def _name(run: Run, where: Where) -> None:
    """Stores what the run is called; of several processes, the first does."""
    from thumblab.runs.naming import name_run

    if where.naming is not None and speaks():
        name_run(run.folder, where.naming)


def _walk(experiment: Experiment, dataset: Dataset, where: Where, found: Check | None) -> int:
    """Trains to the end, or to a signal; returns the exit code of that."""
    from thumblab.training import steps

    alone = os.environ.get("WORLD_SIZE", "1") == "1"
    with (
        warnings.catch_warnings(),
        stopping() as stop,
        closing(
            steps(
                experiment,
                dataset=dataset,
                runs=where.runs,
                workers=where.workers,
                plan=where.plan,
                resume=where.resume,
                should_stop=lambda: bool(stop.number),
            )
        ) as walk,
        reporter(experiment.epochs) as shown,
    ):
        # An overflow shows as a loss that is not finite, and the loop stops at that.
        warnings.simplefilter("ignore", RuntimeWarning)
        with suppress(Stopped), warned().through(shown.caution):
            for number, progress in enumerate(walk):
                if number == 0 and found is not None:
                    warn_of(found)
                    shown.say(summary(found))
                if number == 0:
                    _name(progress.run, where)
                    shown.say(f"{experiment.label} on {dataset.name}, run {progress.run.folder}")
                shown.show(progress)
                if text := _ahead(progress):
                    shown.say(text)
                if stop.number:
                    break
                # The last predictions may take minutes; but other processes have to hear of an end.
                stop.saved = progress.finished is not None and alone
            stop.saved = False
        return stop.exit_code


def _ahead(progress: Progress) -> str:
    """What comes behind the last step, if it lasts; a prediction takes about a third of a training step."""
    seconds = round(progress.to_predict / max(3 * progress.images_per_second, 1e-9))
    if seconds <= SECONDS_UNTOLD:
        return ""
    minutes = f"{seconds // 60}:{seconds % 60:02d}"
    return f"predicting {progress.to_predict:,} images, with those of TTA; about {minutes}"
