"""One worker: takes cells from the queue, trains them, and publishes what came of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from thumblab.core.errors import DivergedError, ThumblabError
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.experiment import Experiment
from thumblab.runs import Run
from thumblab.study.event import Event
from thumblab.study.lease import Lease, LeaseLostError, Leases
from thumblab.study.queue import LEASES, claims, publish, why, workplace
from thumblab.training import steps


def work(
    cells: Mapping[str, Experiment],
    runs: Path,
    *,
    datasets: dict[DatasetSpec, Dataset] | None = None,
    root: Path | str | None = None,
    first: int = 0,
    workers: int | None = None,
    should_stop: Callable[[], bool] = bool,
    grace: float | None = None,
) -> Iterator[Event]:
    """Trains what is not done of ``cells``, by the name of their run folders, until all are.

    Args:
        cells: What to train, in order.
        runs: Folder of the runs.
        datasets: Data that have been read already; others are read when they are needed, and kept.
        root: Folder with the data's files.
        first: Where to begin, so that workers begin with different cells.
        workers: Parts of a batch that NumPy computes side by side; as many as cores unless given.
        should_stop: Asked between two layers; once it is true, what is under way is saved and left.
        grace: Seconds after which the lease of a process that stands still is taken over.
    """
    leases = Leases(runs / LEASES) if grace is None else Leases(runs / LEASES, grace=grace)
    read_already = {} if datasets is None else datasets
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # an overflow shows as a loss that is not finite
        for lease in claims(list(cells), runs, leases=leases, first=first, should_stop=should_stop):
            experiment = cells[lease.name]
            yield Event("began", lease.name, epochs=experiment.epochs)
            try:
                if experiment.data not in read_already:
                    read_already[experiment.data] = read(experiment.data, root)
                dataset = read_already[experiment.data]
                yield from _train(experiment, dataset, runs, lease, workers, should_stop)
            except LeaseLostError as error:
                yield Event("lost", lease.name, why(error))
            except (ThumblabError, OSError, MemoryError, ValueError, ArithmeticError) as error:
                leases.fail(lease.name, why(error))
                yield Event("failed", lease.name, why(error))


def _train(
    experiment: Experiment,
    dataset: Dataset,
    runs: Path,
    lease: Lease,
    workers: int | None,
    should_stop: Callable[[], bool],
) -> Iterator[Event]:
    folder = workplace(runs, lease)
    training = steps(
        experiment,
        dataset=dataset,
        runs=folder,
        workers=workers,
        resume=True,
        should_stop=lambda: should_stop() or not lease.held,
    )
    diverged = False
    try:
        with closing(training):
            for progress in training:
                if (epoch := progress.finished) is not None:
                    yield Event(
                        "epoch",
                        lease.name,
                        epoch=epoch.number,
                        epochs=epoch.epochs,
                        accuracy=epoch.validation_accuracy,
                        images_per_second=progress.images_per_second,
                    )
    except DivergedError:  # a result too
        diverged = True
    run = Run(folder / lease.name)
    if run.result is None:
        lease.check()
        yield Event("stopped", lease.name)
        return
    publish(runs, lease, folder)
    yield _ended(Run(runs / lease.name), diverged=diverged)


def _ended(run: Run, *, diverged: bool) -> Event:
    result = run.result or {}
    return Event(
        "diverged" if diverged else "done",
        run.folder.name,
        message=str(result.get("reason") or ""),
        epoch=int(result.get("epochs", 0)),
        epochs=run.experiment.epochs,
        accuracy=result.get("validation_accuracy"),
        images_per_second=float(result.get("images_per_second") or 0),
        seconds=float(result.get("train_seconds") or 0),
    )
