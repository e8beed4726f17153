"""The table of the arms: scores, intervals and costs, each cell with the value that it is sorted by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from statistics import fmean, median, stdev

from markupsafe import Markup

from thumblab.core.text import count, duration
from thumblab.report.study.marks import key
from thumblab.report.study.points import points, span
from thumblab.report.study.shown import StudyArm, StudyPage
from thumblab.report.study.words import Words
from thumblab.verdict import WORDS, ArmVerdict


@dataclass(frozen=True)
class Cell:
    """Text, the number that it is sorted by, a shape before it, and whether a void verdict strikes it."""

    text: str
    value: float
    key: Markup = Markup("")
    struck: bool = False


@dataclass(frozen=True)
class ArmRow:
    """An arm's cells in the order of ``heads``."""

    name: str
    settings: str
    baseline: bool
    cells: list[Cell]


SCORES = ("mean", "sd", "seeds")
COMPARED = (
    "difference", "said", "p_adjusted", "like_images", "together", "these_images",
)  # fmt: skip
COSTS = ("parameters", "flops", "time", "diverged")


def heads(what: StudyPage, say: Words) -> list[str]:
    """Names of the columns after the arm's; without a verdict there is no comparison."""
    keys = (*SCORES, *(COMPARED if what.verdict else ()), *COSTS)
    return [say(each) for each in keys]


def arm_rows(what: StudyPage, say: Words) -> list[ArmRow]:
    """A row an arm, in order."""
    arms = what.verdict.arms if what.verdict else {}
    return [_row(what, arm, arms.get(arm.name), say) for arm in what.arms]


def _row(what: StudyPage, arm: StudyArm, found: ArmVerdict | None, say: Words) -> ArmRow:
    return ArmRow(
        name=arm.name,
        settings=arm.settings,
        baseline=arm is what.baseline,
        cells=[
            *_scores(arm),
            *(_compared(found, say) if what.verdict else ()),
            *_costs(arm),
        ],
    )


def _scores(arm: StudyArm) -> list[Cell]:
    scores = arm.accuracies
    if not scores:
        return [Cell("–", -inf), Cell("–", -inf), Cell("0", 0)]
    mean = fmean(scores)
    sd = Cell("–", -inf)
    if len(scores) > 1:
        sd = Cell(f"{100 * stdev(scores):.2f}", stdev(scores))
    return [Cell(f"{100 * mean:.2f}", mean), sd, Cell(str(len(scores)), len(scores))]


def _compared(found: ArmVerdict | None, say: Words) -> list[Cell]:
    none = Cell("–", -inf)
    comparison = found.comparison if found else None
    if comparison is None:
        return [none] * len(COMPARED)
    if comparison.difference is None:
        difference = none
    else:
        difference = Cell(points(comparison.difference), comparison.difference)
    both = comparison.simultaneous
    like = both.images_like_these if both else None
    intervals = [
        none if each is None else Cell(span(each, say("to")), each[0])
        for each in (comparison.images_like_these, like, comparison.these_images)
    ]
    p = comparison.adjusted
    word = Cell(say.word(comparison.word), WORDS.index(comparison.word), key(comparison.word))
    adjusted = Cell("< 0.001" if p < 0.001 else f"{p:.2g}", p)
    numbers = [difference, adjusted, *intervals]
    if comparison.reason:
        numbers = [replace(cell, struck=True) for cell in numbers]
    return [numbers[0], word, *numbers[1:]]


def _costs(arm: StudyArm) -> list[Cell]:
    none = Cell("–", -inf)
    parameters, flops = arm.parameters, arm.flops
    return [
        none if parameters is None else Cell(count(parameters), parameters),
        none if flops is None else Cell(f"{flops / 1e6:,.2f}", flops),
        Cell(duration(median(arm.seconds)), median(arm.seconds)) if arm.seconds else none,
        Cell(str(len(arm.diverged)) if arm.diverged else "–", len(arm.diverged)),
    ]
