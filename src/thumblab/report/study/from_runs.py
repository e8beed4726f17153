"""The page of runs that are compared without a study; it says that nothing was declared before."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import confusion
from thumblab.audit import RULES, Subject, audit
from thumblab.data import Dataset
from thumblab.evaluation.arms import Arm
from thumblab.evaluation.scored import files_of
from thumblab.experiment.experiment import parts
from thumblab.report.compared_runs import ComparedRuns, compare_runs
from thumblab.report.figures.from_runs import epochs_of
from thumblab.report.study.shown import StudyArm, StudyPage
from thumblab.report.study.words import Language, Words
from thumblab.runs import Run

Array = NDArray[Any]

CURVES = {
    "train_accuracy": "train_accuracy",
    "validation_accuracy": "validation_accuracy",
    "train_loss": "train_cross_entropy",
    "validation_loss": "validation_cross_entropy",
}
"""Curves of the page, and the column of a run's metrics that each is drawn from."""

COMMANDS = 60
"""So many are listed."""


def page_of_runs(
    runs: Sequence[Run],
    dataset: Dataset,
    *,
    by: Sequence[str] = (),
    against: str | None = None,
    language: Language = "en",
    say: Callable[[str], object] = lambda text: None,
) -> StudyPage:
    """What the page of some runs shows; runs that differ in their seed alone are one arm.

    They are audited too. No evaluation is logged.

    Args:
        runs: Done or diverged, trained on ``dataset``.
        dataset: Their data.
        by: Settings that make the arms; all in which they differ, unless given.
        against: The arm that the others are compared with.
        language: Of the title and the question.
        say: Called with what the page waits for.

    Raises:
        UsageError: If runs cannot be compared; see ``compare_runs``.
        DataError: If ``dataset`` is not theirs.
    """
    found, texts = compare_runs(runs, dataset, by=by, against=against), Words(language)
    say(f"auditing {len(runs)} runs")
    arms = {arm.name: arm.runs for arm in found.arms.each}
    findings = audit(Subject(arms, lambda run: dataset))
    first = next(run for run in runs if run.status == "done")
    images = dataset.test if found.part == "test" else parts(first.experiment, dataset)[1]
    differ = list(found.arms.reference.settings)
    return StudyPage(
        title=texts("compared_title", arms=len(arms), data=dataset.name),
        question=texts("differ_in", settings=", ".join(differ)) if differ else "",
        arms=tuple(_arm(found, arm, len(dataset.classes)) for arm in found.arms.each),
        verdict=found.verdict,
        is_declared=False,
        findings=findings,
        rules=len(RULES),
        part=found.part,
        hits={name: found.hits(name) for name in found.guesses},
        labels=found.labels,
        classes=dataset.classes,
        images=images.images if images is not None and images.images.ndim == 4 else None,
        files=files_of(first, dataset, found.part),
        environment=_environment(runs),
        commands=_commands(runs),
    )


def _arm(found: ComparedRuns, arm: Arm, classes: int) -> StudyArm:
    guesses = found.guesses[arm.name]
    counts = sum(
        (confusion(row, found.labels, classes) for row in guesses),
        np.zeros((classes, classes), np.int64),
    )
    results = [run.result or {} for run in arm.runs]
    settings = [f"{name}={value}" for name, value in arm.settings.items()]
    return StudyArm(
        name=arm.name,
        settings=", ".join(settings) if len(settings) > 1 else "",
        seeds=arm.seeds,
        accuracies=tuple((guesses == found.labels).mean(1).tolist()),
        parameters=_common(results, "parameters"),
        flops=_common(results, "flops"),
        seconds=tuple(each["train_seconds"] for each in results if "train_seconds" in each),
        diverged=tuple(run.experiment.seed for run in arm.runs if run.status == "diverged"),
        curves={name: epochs_of(arm.runs, column) for name, column in CURVES.items()},
        confusion=counts,
    )


def _common(results: Sequence[dict[str, Any]], name: str) -> int | None:
    """The mean of what all runs of an arm have, which is one number for one architecture."""
    known = [each[name] for each in results if each.get(name) is not None]
    return round(fmean(known)) if known else None


def _environment(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    """Each machine and set of versions once."""
    machines: dict[str, None] = {}
    versions: dict[str, None] = {}
    for run in runs:
        where = run.environment or {}
        machine, packages = where.get("machine", {}), where.get("packages", {})
        where_run = [machine.get("processor"), machine.get("system"), where.get("device")]
        machines[", ".join(str(each) for each in where_run if each)] = None
        named = [f"{name} {version}" for name, version in packages.items()]
        versions[", ".join([f"Python {where.get('python', '?')}", *named])] = None
    engines = sorted({str(run.about.get("engine", "?")) for run in runs})
    return (
        ("Machine", "; ".join(filter(None, machines)) or "?"),
        ("Versions", "; ".join(versions)),
        ("Engine", ", ".join(engines)),
    )


def _commands(runs: Sequence[Run]) -> tuple[str, ...]:
    files = dict.fromkeys(
        shlex.join(command)
        for run in runs
        if (command := (run.environment or {}).get("command", []))
    )
    listed = list(files)
    more = len(listed) - COMMANDS
    return (*listed[:COMMANDS], *([f"# ... {more}"] if more > 0 else ()))
