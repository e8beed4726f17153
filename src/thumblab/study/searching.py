"""Running a study's search: trials of every arm, on training and validation images alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.core.errors import DivergedError, ThumblabError, UsageError, WriteError
from thumblab.core.value import to_dict
from thumblab.data import Dataset, DatasetSpec
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import ENGINE_VERSION, part_rows
from thumblab.study.attempt import attempt
from thumblab.study.cells import read_data
from thumblab.study.lease import GRACE_SECONDS
from thumblab.study.lock import Lock, lock_study
from thumblab.study.queue import POLL_SECONDS, why
from thumblab.study.search import Search
from thumblab.study.space import Settings, applied
from thumblab.study.study import MOST_SEEDS, Arm, Study
from thumblab.study.trial import Ended, Kind, Trial, TrialEvent, best_of
from thumblab.study.winners import freeze

if TYPE_CHECKING:
    from thumblab.study.tuning import RunningTrial, Tuner

STORAGE, TRIALS = "search.sqlite", "trials"
"""In the folder of the study's records: what Optuna keeps, and the trials' runs without their weights."""


def run_search(
    study: Study,
    *,
    runs: Path | str = "runs",
    root: Path | str | None = None,
    storage: str | None = None,
    workers: int | None = None,
    should_stop: Callable[[], bool] = bool,
    grace: float = GRACE_SECONDS,
) -> Generator[TrialEvent, None, None]:
    """Makes the trials that a study's search lacks, and yields what happens.

    The study is locked first. The settings of the best trial of each arm then go into the lock, and every
    run of the arm has them. Trials that are over are not made again; one that was stopped in the middle is
    replaced. Several processes may search together, and several machines if they share a storage.

    Args:
        study: What is searched.
        runs: Folder of run folders.
        root: Folder with the data's files.
        storage: URL of a database that Optuna understands, such as ``postgresql://user@host/name``; a file
            of SQLite in the folder of the study's records unless given, which is for one machine.
        workers: Parts of a batch that NumPy computes side by side; as many as cores unless given.
        should_stop: Asked between two layers; once it is true, the trial under way is given back.
        grace: Seconds after which the trial of a process that stands still is replaced.

    Raises:
        UsageError: If the study has no search, Optuna is not installed, the storage cannot be opened, an
            arm has no validation images, or none of its trials could be trained.
    """
    datasets, folder = read_data(study, root), Path(runs)
    _check(study, datasets)
    lock = lock_study(study, folder, datasets)
    if lock.searched is not None:
        return
    searching = _Searching(study, lock, datasets, storage, workers, should_stop, grace)
    yield from searching.events()
    if not should_stop():
        freeze(study, lock, searching.trials(), seed=trial_seed(study))


def trials_of(
    study: Study, lock: Lock, datasets: dict[DatasetSpec, Dataset], storage: str | None = None
) -> dict[str, list[Trial]]:
    """The trials that are over so far, by arm; none are made."""
    if storage is None and not (lock.folder / STORAGE).exists():
        return {arm.name: [] for arm in study.each}
    return _Searching(study, lock, datasets, storage).trials()


@dataclass(frozen=True)
class PlannedTrials:
    """Trials of a search, how many are over, and seconds that the others take; None if not timed."""

    count: int = 0
    done: int = 0
    seconds: float | None = 0.0


def planned_trials(
    study: Study,
    lock: Lock | None,
    datasets: dict[DatasetSpec, Dataset],
    seconds: Mapping[str, float | None],
) -> PlannedTrials:
    """What a study's search takes.

    Args:
        study: With its search, if it has one.
        lock: Of the study, if it is locked.
        datasets: Of every arm.
        seconds: Of one run of each arm; None if it was not timed.
    """
    if study.search is None:
        return PlannedTrials()
    each, count = study.search.trials, study.search.trials * len(study.each)
    if lock is not None and lock.searched is not None:
        return PlannedTrials(count, count)
    found = {} if lock is None else trials_of(study, lock, datasets)
    total: float | None = 0.0
    for arm in study.each:
        took, epochs = seconds[arm.name], study.search.epochs or arm.experiment.epochs
        left = (each - len(found.get(arm.name, ()))) * epochs / arm.experiment.epochs
        total = None if took is None or total is None else total + left * took
    return PlannedTrials(count, sum(map(len, found.values())), total)


def trial_seed(study: Study) -> int:
    """The seed of every trial: one that no run of the study can have."""
    return max(arm.experiment.seed for arm in study.each) + MOST_SEEDS


def trial_experiment(study: Study, arm: Arm, settings: Settings) -> Experiment:
    """What a trial trains: never on the validation images, whatever the arm does."""
    assert study.search is not None
    found = applied(replace(arm.experiment, train_on="train"), settings)
    return replace(found, seed=trial_seed(study), epochs=study.search.epochs or found.epochs)


def storage_url(folder: Path, storage: str | None = None) -> str:
    """Where the trials are kept: the URL given, or the file in the folder of the study's records."""
    return storage or f"sqlite:///{(folder / STORAGE).resolve()}"


@dataclass
class _Searching:
    """The search of a study, as one process sees it."""

    study: Study
    lock: Lock
    datasets: dict[DatasetSpec, Dataset]
    storage: str | None = None
    workers: int | None = None
    should_stop: Callable[[], bool] = bool
    grace: float = GRACE_SECONDS
    search: Search = field(init=False)
    tuners: dict[str, Tuner] = field(init=False)

    def __post_init__(self) -> None:
        assert self.study.search is not None
        self.search = self.study.search
        self.tuners = self._open()

    def _open(self) -> dict[str, Tuner]:
        try:
            from thumblab.study.tuning import Tuner, open_storage
        except ModuleNotFoundError as error:
            raise UsageError(
                "a search takes Optuna; install it with pip install 'thumblab[search]'"
            ) from error
        store = open_storage(storage_url(self.lock.folder, self.storage))
        seed = trial_seed(self.study)
        return {
            arm.name: Tuner(
                store,
                self._name(arm),
                self.search,
                epochs=self.search.epochs or arm.experiment.epochs,
                seed=seed,
                grace=self.grace,
            )
            for arm in self.study.each
        }

    def _name(self, arm: Arm) -> str:
        """Of the arm's trials: with eight digits over all that their accuracy depends on."""
        values = asdict(self.search) | {"trials": None}
        data = self.lock.values["data"][arm.name]
        whole = [to_dict(arm.experiment), values, data, ENGINE_VERSION, trial_seed(self.study)]
        return f"{self.study.name}/{arm.name}/{sha256(dumps(whole).encode()).hexdigest()[:8]}"

    def trials(self) -> dict[str, list[Trial]]:
        """Those that are over, by arm."""
        return {name: tuner.trials() for name, tuner in self.tuners.items()}

    def events(self) -> Iterator[TrialEvent]:
        """Makes trials until all are over, of the arm with the fewest first."""
        while not self.should_stop():
            found = self.trials()
            if all(len(each) >= self.search.trials for each in found.values()):
                return
            arms = sorted(self.study.each, key=lambda arm: len(found[arm.name]))
            for arm in arms:
                if (trial := self.tuners[arm.name].ask()) is not None:
                    yield from self._try(arm, trial)
                    break
            else:
                for tuner in self.tuners.values():
                    tuner.give_up_stale()
                time.sleep(POLL_SECONDS)

    def _try(self, arm: Arm, trial: RunningTrial) -> Iterator[TrialEvent]:
        ended = False
        try:
            for event in self._train(arm, trial):
                yield event
                ended = event.kind not in ("began", "epoch", "stopped")
        finally:
            if not ended:
                trial.abandon()

    def _train(self, arm: Arm, trial: RunningTrial) -> Iterator[TrialEvent]:
        tuner = self.tuners[arm.name]
        yield self._event("began", arm, trial)
        for before in tuner.trials():
            if before.settings == trial.settings and before.ended != "pruned":
                trial.end(before.ended, before.accuracy, note=before.note)
                message = f"not trained, for trial {before.number} had these settings"
                yield self._event(before.ended, arm, trial, before.accuracy, message=message)
                return
        try:
            yield from self._epochs(arm, trial)
        except (ThumblabError, MemoryError, ValueError, ArithmeticError) as error:
            if isinstance(error, WriteError):
                raise
            ended: Ended = "diverged" if isinstance(error, DivergedError) else "failed"
            trial.end(ended, note=why(error))
            yield self._event(ended, arm, trial, message=why(error))

    def _epochs(self, arm: Arm, trial: RunningTrial) -> Iterator[TrialEvent]:
        experiment = trial_experiment(self.study, arm, trial.settings)
        name = self.tuners[arm.name].name.rpartition("/")[2]
        began = time.monotonic()
        for reached in attempt(
            experiment,
            self.datasets[experiment.data],
            self.lock.folder / TRIALS / name / str(trial.number),
            trial,
            workers=self.workers,
            should_stop=self.should_stop,
        ):
            if reached.ended is not None:
                trial.end(reached.ended, reached.accuracy, seconds=time.monotonic() - began)
            kind = reached.ended or "epoch"
            yield self._event(kind, arm, trial, reached.accuracy, epoch=reached.epoch)

    def _event(
        self,
        kind: Kind,
        arm: Arm,
        trial: RunningTrial,
        accuracy: float | None = None,
        *,
        epoch: int = 0,
        message: str = "",
    ) -> TrialEvent:
        found = self.trials()
        best = best_of(found[arm.name])
        return TrialEvent(
            kind=kind,
            arm=arm.name,
            number=trial.number,
            settings=trial.settings,
            epoch=epoch,
            epochs=trial_experiment(self.study, arm, trial.settings).epochs,
            accuracy=accuracy,
            best=None if best is None else best.accuracy,
            done=sum(map(len, found.values())),
            trials=self.search.trials * len(found),
            message=message,
        )


def _check(study: Study, datasets: Mapping[DatasetSpec, Dataset]) -> None:
    if study.search is None:
        raise UsageError(f"the study {study.name} has no [search]; run it as it is")
    for arm in study.each:
        if not len(part_rows(arm.experiment, datasets[arm.experiment.data])[1]):
            raise UsageError(
                f"arm {arm.name!r} has no validation images for its search to choose by; give it a "
                "validation share, or leave the search out"
            )
