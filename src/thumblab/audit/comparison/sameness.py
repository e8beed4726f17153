"""Whether arms that are called different are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from thumblab.analysis import confusion
from thumblab.audit.formatting import percent
from thumblab.audit.paired import Array, Paired, differing, paired
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.experiment import Experiment
from thumblab.losses import Focal
from thumblab.optim import SGD, Optimizer

FEWEST_IMAGES = 100
FEWEST_ERRORS = 10
"""Of fewer mistakes, two good networks may make the same."""

ONE_EXPERIMENT = 0.1
"""Arms whose networks differ this many times less than the seeds of one arm are one arm."""


@rule(
    code="C04",
    severity="error",
    title="Identical predictions in two arms",
    trigger="Networks of two arms say the same of every image, of 100 or more, or their confusion "
    "matrices are equal in every cell, though they make mistakes.",
    why="One result stands in two places: an edit that edits nothing, or a result that was copied.",
    remedy="Find the edit that had no effect, or the file that was copied, and train again.",
    source="Report R4: one confusion matrix, equal in all 100 cells, under two networks.",
)
def identical_predictions(subject: Subject) -> Iterator[Observation]:
    """Every arm against every other, seed by seed."""
    for pair in paired(subject, everything=True):
        first, second = (pair.guesses(side) for side in (pair.first, pair.second))
        for place, (one, other) in enumerate(zip(first, second, strict=True)):
            wrong = int((one != pair.labels).sum())
            if len(one) < FEWEST_IMAGES or wrong < FEWEST_ERRORS:
                continue
            what = _identical(one, other, pair.labels)
            if what is not None:
                names = [pair.first[place].name, pair.second[place].name]
                yield Observation(
                    pair.label,
                    f"{names[0]} and {names[1]} have {what} on {len(one):,} {pair.part} images, with "
                    f"{wrong:,} mistakes",
                    {"runs": names, "images": len(one), "mistakes": wrong, "same": what},
                )


def _identical(one: Array, other: Array, labels: Array) -> str | None:
    if np.array_equal(one, other):
        return "the same predictions"
    classes = int(max(one.max(), other.max(), labels.max())) + 1
    matrices = [confusion(guesses, labels, classes) for guesses in (one, other)]
    return "equal confusion matrices" if np.array_equal(matrices[0], matrices[1]) else None


@rule(
    code="C05",
    severity="warning",
    title="Arms that are one experiment",
    trigger="Arms differ by a factor of the loss alone, which their optimizer takes out again; or "
    "networks of the same seed differ ten times less between arms than seeds do within one.",
    why="What looks like a row of several settings is one setting several times, and its spread is "
    "noise.",
    remedy="Leave one of the arms, or change what the optimizer does not undo.",
    source="Report R2 (alpha 0.15, 0.25, 0.35 of focal loss under Adam); Kingma & Ba 2014, "
    "arXiv:1412.6980, section 2.1.",
)
def one_experiment(subject: Subject) -> Iterator[Observation]:
    """Every arm against every other: by their settings, and by their networks."""
    for first, second in _all_pairs(subject):
        if only_scales_the_loss(first, second):
            both = [str(each.loss) for each in (first, second)]
            yield Observation(
                f"{both[1]} against {both[0]}",
                f"{both[0]} and {both[1]} differ by a factor, which {_innermost(first.optimizer)} takes out "
                "again",
                {"losses": both, "optimizer": str(_innermost(first.optimizer))},
            )
    for pair in paired(subject, everything=True):
        yield from _nearly_one(pair)


def _all_pairs(subject: Subject) -> Iterator[tuple[Experiment, Experiment]]:
    each = [own[0].experiment for own in subject.examined.values()]
    for place, second in enumerate(each):
        yield from ((first, second) for first in each[:place])


def only_scales_the_loss(first: Experiment, second: Experiment) -> bool:
    """Whether two experiments differ by a factor of the loss that their optimizer ignores."""
    losses = first.loss, second.loss
    if differing(first, second) != {"loss"} or not ignores_scale(first.optimizer):
        return False
    if not isinstance(losses[0], Focal) or not isinstance(losses[1], Focal):
        return False
    scalars = all(isinstance(each.alpha, float) and each.alpha > 0 for each in losses)  # type: ignore[attr-defined]
    return scalars and replace(losses[0], alpha=1.0) == replace(losses[1], alpha=1.0)


def ignores_scale(optimizer: Optimizer) -> bool:
    """Whether an optimizer divides gradients by their own size, and adds nothing to them before."""
    inner = _innermost(optimizer)
    adaptive = type(inner).__name__ in ("Adam", "AdamW", "NAdam", "Adamax", "RMSprop", "Adagrad")
    decoupled = type(inner).__name__ == "AdamW"
    return adaptive and (decoupled or not getattr(inner, "weight_decay", 0))


def _innermost(optimizer: Optimizer) -> Optimizer:
    while isinstance(inner := getattr(optimizer, "optimizer", None), Optimizer):
        optimizer = inner
    return optimizer if isinstance(optimizer, Optimizer) else SGD()


def _nearly_one(pair: Paired) -> Iterator[Observation]:
    first, second = pair.guesses(pair.first), pair.guesses(pair.second)
    if len(first) < 2 or first.shape[1] < FEWEST_IMAGES:
        return
    between = float((first != second).mean())
    seeds = [(a != b).mean() for side in (first, second) for a, b in pairwise(side)]
    within = float(np.mean(seeds))
    if 0 < between < ONE_EXPERIMENT * within:
        yield Observation(
            pair.label,
            f"with the same seed the two differ on {percent(between)} of the {pair.part} images, and two "
            f"seeds of one of them on {percent(within)}",
            {"between_arms": between, "between_seeds": within, "part": pair.part},
        )
