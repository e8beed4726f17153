"""The page of a study, filled from what the study answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit import RULES, Deviation
from thumblab.core.summary import summary
from thumblab.data import Dataset, Split
from thumblab.experiment.experiment import parts
from thumblab.report.study.shown import StudyArm, StudyPage
from thumblab.runs import Run
from thumblab.study import Answer, Arm, Question, Study
from thumblab.study.results import CURVES, curves_of
from thumblab.study.winners import search_rows

Array = NDArray[Any]


def page_of(found: Answer, *, commands: Sequence[str] = (), pictures: bool = True) -> StudyPage:
    """What the page of a study shows.

    Args:
        found: The study's answer.
        commands: That made, and make again, what is shown.
        pictures: Whether images on which arms differ are shown.
    """
    results, study = found.results, found.results.study
    dataset = results.datasets[study.each[0].experiment.data]
    split = _scored(study, dataset) if pictures else None
    curves = curves_of(results)
    return StudyPage(
        title=study.title or study.name,
        question=_question(study.question, study.baseline),
        arms=tuple(_arm(found, arm, curves) for arm in study.each),
        verdict=found.verdict,
        findings=found.findings,
        rules=len(RULES),
        part=study.question.on,
        declared=_declared(study, results.seeds) + search_rows(study, results.lock),
        locked=_locked(found),
        deviations=tuple(
            Deviation(each["what"], each["why"], each["when"]) for each in results.lock.deviations
        ),
        looks=tuple(_look(each) for each in found.looks),
        hits=results.hits,
        labels=results.labels,
        classes=dataset.classes,
        images=None if split is None else _pixels(split),
        environment=_environment(next(iter(results.runs.values()))[0]),
        commands=tuple(commands),
    )


def _arm(found: Answer, arm: Arm, curves: dict[str, Array]) -> StudyArm:
    results = found.results
    own = results.runs[arm.name]
    dataset = results.datasets[arm.experiment.data]
    costs = summary(arm.experiment.model, dataset.shape)
    ended = [run.result or {} for run in own]
    return StudyArm(
        name=arm.name,
        settings=", ".join(f"{path} = {value}" for path, value in arm.edits),
        seeds=tuple(run.experiment.seed for run in own),
        accuracies=found.verdict.arms[arm.name].scores,
        parameters=costs.parameters,
        flops=costs.flops,
        seconds=tuple(float(each["train_seconds"]) for each in ended if "train_seconds" in each),
        diverged=tuple(run.experiment.seed for run in own if run.status == "diverged"),
        curves={name: curves[f"{name}/{arm.name}"] for name in CURVES},
        confusion=_confusion(results.labels, results.guesses[arm.name], len(dataset.classes)),
    )


def _confusion(labels: Array, guesses: Array, classes: int) -> Array:
    counts = np.zeros((classes, classes), np.int64)
    for row in guesses:
        seen = row < classes  # a network may have outputs that no class has
        np.add.at(counts, (labels[seen], row[seen]), 1)
    return counts


def _scored(study: Study, dataset: Dataset) -> Split | None:
    """The images that the arms were scored on."""
    if study.question.on == "test":
        return dataset.test
    return parts(study.each[0].experiment, dataset)[1]


def _pixels(split: Split) -> Array:
    """``(n, h, w, c)`` of eight bits."""
    images = np.asarray(split.images)
    if images.dtype != np.uint8:
        low, high = float(images.min()), float(images.max())
        images = ((images - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
    return images


def _question(question: Question, baseline: str) -> str:
    metric = question.metric.replace("_", " ")
    against = {
        "baseline": f"each arm against {baseline}",
        "all pairs": "every two arms against each other",
        "factors": "the effect of every factor and of every two together",
        "best": "each arm against the best of the others",
    }
    text = f"{metric[0].upper()}{metric[1:]} on {question.on} images, {against[question.against]}"
    return text if question.matters is None else f"{text}; {_size(question.matters)} would matter"


def _size(points: float) -> str:
    return f"{points:g} {'point' if points == 1 else 'points'}"


def _declared(study: Study, seeds: int) -> tuple[tuple[str, str], ...]:
    question = study.question
    looks = study.seeds.looks
    rows = [
        ("metric", question.metric.replace("_", " ")),
        ("images", question.on),
        ("against", question.against),
        ("baseline", study.baseline),
        ("seeds", str(seeds)),
        ("looks", "any" if looks == "any" else ", ".join(map(str, looks)) or "one"),
        ("level", f"{question.level:g}"),
        ("matters", "-" if question.matters is None else _size(question.matters)),
        ("equal in all arms", question.equal),
    ]
    rows += [("expected", text) for text in question.expect]
    rows += [(f"set aside: {code}", why) for code, why in study.ignore]
    return tuple(rows)


def _locked(found: Answer) -> str:
    values = found.results.lock.values
    return f"{values['locked']}, SHA-256 {values['declared_sha256'][:12]}"


def _look(look: Any) -> str:
    metric = str(look["metric"]).replace("_", " ")
    return f"{look['when']}: verdict on {look['seeds']} seeds, {metric} on {look['on']} images"


def _environment(run: Run) -> tuple[tuple[str, str], ...]:
    """Of the first run of the baseline."""
    where = run.environment or {}
    machine, packages = where.get("machine", {}), where.get("packages", {})
    rows = [
        ("thumblab", packages.get("thumblab")),
        ("engine version", run.about.get("engine")),
        ("NumPy", packages.get("numpy")),
        ("Python", where.get("python")),
        ("system", machine.get("system")),
        ("processor", machine.get("processor")),
        ("cores", machine.get("cores")),
        ("workers of a run", where.get("workers")),
    ]
    return tuple((name, str(value)) for name, value in rows if value is not None)
