"""What a study would cost and could see, before it is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from thumblab.core.summary import summary
from thumblab.data import Dataset, DatasetSpec
from thumblab.experiment.experiment import parts
from thumblab.study.cells import Cell, cells, read_data
from thumblab.study.lock import read_lock
from thumblab.study.results import hits_of, logits_of
from thumblab.study.searching import planned_trials
from thumblab.study.study import Study
from thumblab.study.winners import before_search
from thumblab.training.estimate import estimate
from thumblab.verdict import pilot_sd, smallest_visible

PILOTS = 2
"""Seeds of an arm from which its standard deviation is estimated."""


@dataclass(frozen=True)
class PlannedArm:
    """What is known of an arm before it runs.

    Attributes:
        arm: Its name.
        edits: What it changes in the base, by path.
        parameters: Of its network.
        flops: Of one image, forward; a multiply-add is 2.
        images: Training images of an epoch.
        epochs: Passes over them.
        seconds: Of one run: as past runs took, else timed on a few steps; None if it was not timed.
        done: How many of its runs have a result.
    """

    arm: str
    edits: tuple[tuple[str, str], ...]
    parameters: int
    flops: int
    images: int
    epochs: int
    seconds: float | None
    done: int


@dataclass(frozen=True)
class Plan:
    """What a study would cost and could see.

    Attributes:
        name: Of the study.
        arms: The baseline first.
        seeds: Of each arm.
        comparisons: That are declared.
        cells: Runs in all.
        done: How many have a result.
        trials: Of the search, in all arms; 0 without one.
        tried: How many of them are over.
        search_seconds: Of those that are not, one after another and none stopped early; None if an arm was
            not timed.
        seconds: Of those that have none, one after another; None if an arm was not timed.
        smallest_visible: The smallest difference, in points, that would be seen with 80 % chance;
            None before two seeds of an arm are done.
        matters: The difference that matters, in points.
        locked: When it was locked; None before that.
    """

    name: str
    arms: tuple[PlannedArm, ...]
    seeds: int
    comparisons: int
    cells: int
    done: int
    trials: int
    tried: int
    search_seconds: float | None
    seconds: float | None
    smallest_visible: float | None
    matters: float | None
    locked: str | None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        values = asdict(self)
        values["arms"] = [asdict(arm) | {"edits": dict(arm.edits)} for arm in self.arms]
        return values


def plan(
    study: Study,
    *,
    runs: Path | str = "runs",
    root: Path | str | None = None,
    seconds: float = 5.0,
) -> Plan:
    """What a study would cost and could see; nothing is written but in a temporary folder.

    Args:
        study: The study.
        runs: Folder of run folders; runs that are there already need not be made.
        root: Folder with the data's files.
        seconds: About how long steps of each arm that has no run yet are timed; 0 for not at all.
    """
    *_, found = planning(study, runs=runs, root=root, seconds=seconds)
    assert isinstance(found, Plan)
    return found


def planning(
    study: Study,
    *,
    runs: Path | str = "runs",
    root: Path | str | None = None,
    seconds: float = 5.0,
) -> Iterator[PlannedArm | Plan]:
    """``plan``, arm by arm; the plan comes last."""
    folder, datasets = Path(runs), read_data(study, root)
    lock = read_lock(study, folder)
    declared, study = study, before_search(study, lock)
    prints = {source: dataset.fingerprint for source, dataset in datasets.items()}
    every = cells(study, prints, study.seeds.count if lock is None else lock.count)
    arms = []
    for arm in study.each:
        own = [cell for cell in every if cell.arm == arm.name]
        arms.append(_planned(study, own, datasets[arm.experiment.data], folder, seconds))
        yield arms[-1]
    count = comparisons(study)
    times = [arm.seconds for arm in arms]
    left = [len(every) // len(arms) - arm.done for arm in arms]
    known = [time * n for time, n in zip(times, left, strict=True) if time is not None]
    trials = planned_trials(declared, lock, datasets, {arm.arm: arm.seconds for arm in arms})
    yield Plan(
        name=study.name,
        arms=tuple(arms),
        seeds=len(every) // len(arms),
        comparisons=count,
        cells=len(every),
        done=sum(arm.done for arm in arms),
        trials=trials.count,
        tried=trials.done,
        search_seconds=trials.seconds,
        seconds=sum(known) if len(known) == len(arms) else None,
        smallest_visible=_visible(study, every, datasets, folder, count),
        matters=study.question.matters,
        locked=None if lock is None else str(lock.values["locked"]),
    )


def comparisons(study: Study) -> int:
    """How many comparisons a study declares."""
    arms = len(study.each)
    if study.question.against == "all pairs":
        return arms * (arms - 1) // 2
    if study.question.against == "factors":
        return max((1 << len(study.factors)) - 1, 1)
    return max(arms - 1, 1)


def _planned(
    study: Study, own: list[Cell], dataset: Dataset, runs: Path, seconds: float
) -> PlannedArm:
    arm = study.arm(own[0].arm)
    costs = summary(arm.experiment.model, dataset.shape)
    done = [cell.run(runs) for cell in own if cell.is_done(runs)]
    took = [
        float(run.result["train_seconds"]) for run in done if run.result and run.status == "done"
    ]
    time: float | None = fmean(took) if took else None
    if time is None and seconds > 0:
        *_, found = estimate(arm.experiment, dataset, seconds=seconds)
        time = None if found is None else found.seconds
    return PlannedArm(
        arm=arm.name,
        edits=arm.edits,
        parameters=costs.parameters,
        flops=costs.flops,
        images=len(parts(arm.experiment, dataset)[0]),
        epochs=arm.experiment.epochs,
        seconds=time,
        done=len(done),
    )


def _visible(
    study: Study,
    every: list[Cell],
    datasets: Mapping[DatasetSpec, Dataset],
    runs: Path,
    count: int,
) -> float | None:
    """From the first arm of which two seeds are done, on validation images: the test set stays closed."""
    for arm in study.each:
        pilots = [cell.run(runs) for cell in every if cell.arm == arm.name and cell.is_done(runs)]
        pilots = [run for run in pilots if run.status == "done"][:PILOTS]
        if len(pilots) < PILOTS or "validation_labels" not in pilots[0].predictions:
            continue
        labels = pilots[0].predictions["validation_labels"]
        if any(not np.array_equal(run.predictions["validation_labels"], labels) for run in pilots):
            continue
        dataset = datasets[arm.experiment.data]
        metric = study.question.metric
        logits = [logits_of(run, "validation", labels, dataset) for run in pilots]
        hits = np.stack([hits_of(each, metric, labels, dataset) for each in logits])
        sd = pilot_sd(hits)
        seeds = len(every) // len(study.each)
        return 100 * smallest_visible(sd, seeds, comparisons=count, level=study.question.level)
    return None
