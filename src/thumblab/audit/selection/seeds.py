"""Whether luck of the seed is taken for merit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from thumblab.audit.formatting import percent, points
from thumblab.audit.luck import expected_maximum
from thumblab.audit.rule import Observation, rule
from thumblab.audit.siblings import same_but_for_the_seed
from thumblab.audit.subject import Subject
from thumblab.core.errors import ThumblabError
from thumblab.runs import Run

FEWEST = 3
"""Of fewer repetitions, the better one says nothing of how it was picked."""


@rule(
    code="S04",
    severity="error",
    title="A single seed",
    trigger="Arms are compared, and one of them has a single run.",
    why="Two runs that differ in their seed alone differ too; one run cannot tell a better way of "
    "training from a luckier seed.",
    remedy="Train more seeds of each arm: three at least, better five.",
    source="All five reports; Bouthillier et al. 2021, arXiv:2103.03098; Picard 2021, arXiv:2109.08203.",
)
def single_seed(subject: Subject) -> Iterator[Observation]:
    """Arms of one run."""
    single = [name for name, runs in subject.arms.items() if len(runs) == 1]
    if subject.is_compared:
        for name in single:
            yield Observation(name, f"arm {name!r} has 1 run", {"seeds": 1})


@rule(
    code="S05",
    severity="error",
    otherwise="warning",
    title="The best of several seeds",
    trigger="The runs of an arm are the best of more that lie beside them and differ in their seed alone; "
    "a warning where nothing is compared.",
    why="The best of several equals stands above their mean by luck, and the next seed will not.",
    remedy="Report the mean over all seeds, and their spread.",
    source="Dodge et al. 2019, arXiv:1909.03004; Roth et al. 2025.",
)
def best_of_seeds(subject: Subject) -> Iterator[Observation]:
    """Arms with siblings that were left out."""
    for name, runs in subject.arms.items() if not subject.declared.is_study else ():
        taken = {run.folder.resolve() for run in runs}
        family = {run.folder.resolve(): _accuracy(run) for run in same_but_for_the_seed(runs[0])}
        scores = {folder: value for folder, value in family.items() if value is not None}
        left = [value for folder, value in scores.items() if folder not in taken]
        own = [value for folder, value in scores.items() if folder in taken]
        if not own or not left or len(scores) < FEWEST or min(own) < max(left):
            continue
        yield _observed(name, own, left, subject.is_compared)


def _observed(name: str, own: Sequence[float], left: Sequence[float], claimed: bool) -> Observation:
    everything = [*own, *left]
    gain = float(np.std(everything, ddof=1)) * expected_maximum(len(everything))
    return Observation(
        name,
        f"the {len(own)} of {name!r} are the best of {len(everything)} seeds, {percent(float(np.mean(own)))} "
        f"where all have {percent(float(np.mean(everything)))}; the best of {len(everything)} equals stands "
        f"out by {points(gain)}",
        {"taken": list(own), "left_out": list(left), "expected_gain": gain},
        severity=None if claimed else "warning",
    )


def _accuracy(run: Run) -> float | None:
    """Of the validation images; None for a run that is not done or has none."""
    try:
        stored = run.predictions
    except (ThumblabError, OSError):
        return None
    if "validation_logits" not in stored:
        return None
    return float((stored["validation_logits"].argmax(1) == stored["validation_labels"]).mean())
