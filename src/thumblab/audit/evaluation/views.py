"""Whether arms are evaluated alike."""

from __future__ import annotations

from collections.abc import Iterator

from thumblab.audit.paired import differing
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.experiment import Experiment
from thumblab.optim import EMA, Lookahead, Optimizer

AT_EVALUATION = {"tta", "restore_best"}


@rule(
    code="E02",
    severity="error",
    title="Views, averages or kept epochs in one arm only",
    trigger="One arm has test-time augmentation, averaged weights (EMA, Lookahead) or a kept best epoch, "
    "and the baseline has not; silent where that is all that they differ in.",
    why="Each of these is worth some tenths of a point by itself, whatever else was changed.",
    remedy="Give all arms the same, or compare it as an arm of its own.",
    source="Jordan 2024, arXiv:2404.00498 (accuracy with and without test-time augmentation).",
)
def unlike_evaluation(subject: Subject) -> Iterator[Observation]:
    """Each arm against the baseline."""
    for first, second in subject.pairs():
        one, other = first[0].experiment, second[0].experiment
        flags = [_flags(each) for each in (one, other)]
        unlike = {
            name: [flags[0][name], flags[1][name]]
            for name in flags[0]
            if flags[0][name] != flags[1][name]
        }
        if unlike and not differing(one, other) <= AT_EVALUATION | _averaging(one, other):
            unlike_text = ", ".join(
                f"{name} {pair[1]} instead of {pair[0]}" for name, pair in unlike.items()
            )
            yield Observation(
                second[0].arm,
                f"{second[0].arm!r} has {unlike_text}",
                {"baseline": flags[0], "arm": flags[1]},
            )


def _flags(experiment: Experiment) -> dict[str, str]:
    return {
        "views": str(experiment.tta),
        "averaged weights": str(experiment.optimizer.shown),
        "kept epoch": str(experiment.restore_best),
    }


def _averaging(one: Experiment, other: Experiment) -> set[str]:
    """The optimizer's setting, where the two optimizers are the same but for the averaging around one."""
    inner = [_without_average(each.optimizer) for each in (one, other)]
    return {"optimizer"} if inner[0] == inner[1] else set()


def _without_average(optimizer: Optimizer) -> Optimizer:
    while isinstance(optimizer, EMA | Lookahead):
        optimizer = optimizer.optimizer
    return optimizer
