"""Runs that were not made for a study, taken together: arms, what each said, and a verdict on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.evaluation.arms import Arm, Arms, arms_of
from thumblab.evaluation.compatible import (
    check_each_once,
    check_same_data,
    check_same_validation,
    check_trained_on,
)
from thumblab.runs import Run
from thumblab.verdict import Verdict, judge

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ComparedRuns:
    """Runs by arm.

    Attributes:
        arms: The reference first.
        part: The images that they are compared on.
        labels: Class indices ``(images,)``.
        guesses: Of each arm, ``(runs, images)``, in the order of its runs; a run that has diverged says
            the first class, as the largest of many NaN is.
        paired: Arms of the verdict, and the seeds that all of them have.
        verdict: On these; it knows that it was not declared. None where arms share no seed.
    """

    arms: Arms
    part: Literal["validation", "test"]
    labels: Array
    guesses: dict[str, Array]
    paired: tuple[tuple[str, ...], tuple[int, ...]]
    verdict: Verdict | None

    def hits(self, name: str) -> NDArray[np.bool_]:
        """Whether each image was got right, ``(seeds, images)``: of the shared seeds if it has them."""
        own = self.guesses[name] == self.labels
        arm = next(arm for arm in self.arms.each if arm.name == name)
        names, seeds = self.paired
        rows = [arm.seeds.index(seed) for seed in seeds] if name in names else slice(None)
        return np.asarray(own[rows])


def compare_runs(
    runs: Sequence[Run], dataset: Dataset, *, by: Sequence[str] = (), against: str | None = None
) -> ComparedRuns:
    """Compares runs on their test images if all were evaluated on them, else on their validation images.

    No evaluation is logged.

    Args:
        runs: Done or diverged, trained on ``dataset``.
        dataset: Their data.
        by: Settings that make the arms; all in which they differ, unless given.
        against: The reference; see ``arms_of``.

    Raises:
        UsageError: If a run is unfinished or given twice, or they were not scored on the same images.
        DataError: If ``dataset`` is not theirs.
    """
    done = _checked(runs, dataset)
    tested = dataset.test is not None and all(run.test_accuracy is not None for run in done)
    if not tested:
        check_same_validation(done, or_final=True)
    part: Literal["validation", "test"] = "test" if tested else "validation"
    if f"{part}_labels" not in done[0].predictions:
        raise UsageError(
            f"{done[0].folder} has no {part} images to be compared on; give runs that keep some apart"
        )
    labels = done[0].predictions[f"{part}_labels"]
    arms = arms_of(runs, by=by, against=against)
    classes = len(dataset.classes)
    guesses = {
        arm.name: np.stack([_guesses(run, part, len(labels), classes) for run in arm.runs])
        for arm in arms.each
    }
    found = ComparedRuns(arms, part, labels, guesses, _paired(arms), None)
    names, seeds = found.paired
    if len(names) < 2 or not seeds:
        return found
    verdict = judge({name: found.hits(name) for name in names})
    return replace(found, verdict=replace(verdict, declared=False))


def _checked(runs: Sequence[Run], dataset: Dataset) -> list[Run]:
    """Those that are done."""
    for run in runs:
        if run.status == "unfinished":
            raise UsageError(
                f"{run.folder} is unfinished; resume its training, or leave it out",
                remedies=("resume",),
            )
    check_each_once(runs)
    check_same_data(runs)
    check_trained_on(runs[0], dataset)
    done = [run for run in runs if run.status == "done"]
    if not done:
        raise UsageError("all of these runs have diverged; train with a lower rate")
    return done


def _guesses(run: Run, part: str, images: int, classes: int) -> Array:
    if run.status == "diverged":
        return np.zeros(images, np.int64)
    found: Array = run.predictions[f"{part}_logits"][:, :classes].argmax(1)
    return found


def _paired(arms: Arms) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Arms that share two seeds with the reference, or else one, and the seeds that all of them have."""
    first = arms.reference

    def shared(arm: Arm) -> int:
        return len(set(arm.seeds) & set(first.seeds))

    most = 2 if any(shared(arm) > 1 for arm in arms.each if arm is not first) else 1
    names = tuple(arm.name for arm in arms.each if arm is first or shared(arm) >= most)
    every = [set(arm.seeds) for arm in arms.each if arm.name in names]
    return names, tuple(sorted(set.intersection(*every)))
