"""How the epochs so far lower the learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from math import inf

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value, type_name
from thumblab.experiment.plateau import Line, Metric, check_plateau, plateaus


@dataclass(frozen=True)
class Reduction(Value):
    """Base of the rules that lower the learning rate. To add one, derive from it and register ``reduced``."""

    @property
    def needs_validation(self) -> bool:
        """Whether it chooses by images that must not be trained on."""
        return True


@dataclass(frozen=True)
class ReduceOnPlateau(Reduction):
    """The learning rate, a number or a schedule, times ``factor`` for every plateau of ``metric`` so far.

    Attributes:
        metric: ``"validation_loss"`` (of the loss that is trained), ``"validation_cross_entropy"``,
            ``"validation_accuracy"``, or the same of training; see ``plateau.Metric``.
        factor: In (0, 1).
        patience: Epochs without anything better that make a plateau, at least 1.
        min_delta: What an epoch must be better by than the best before it, in the metric's unit.
        smallest: The learning rate is not brought below this; where the schedule itself is lower, it stays.
    """

    metric: Metric = "validation_loss"
    factor: float = 0.5
    patience: int = 5
    min_delta: float = 0.0
    smallest: float = 0.0

    def __post_init__(self) -> None:
        check_plateau(self, self.metric, self.patience, self.min_delta)
        if not 0 < self.factor < 1 or not 0 <= self.smallest < inf:
            raise UsageError(
                f"{self}: factor must be in (0, 1), and smallest at least 0 and finite"
            )

    @property
    def needs_validation(self) -> bool:
        """Whether the metric is one of validation."""
        return self.metric.startswith("validation")


@singledispatch
def reduced(rule: Reduction, learning_rate: float, lines: Sequence[Line]) -> float:
    """What becomes of ``learning_rate`` after the epochs of ``lines``; a function of these alone."""
    raise MissingRuleError(
        f"{type_name(type(rule))} does not say how it lowers a learning rate; write a rule with "
        "@reduced.register"
    )


@reduced.register
def reduce_on_plateau(rule: ReduceOnPlateau, learning_rate: float, lines: Sequence[Line]) -> float:
    """Times ``factor`` for each plateau."""
    found = plateaus(lines, rule.metric, rule.patience, rule.min_delta)
    return max(learning_rate * rule.factor**found, min(rule.smallest, learning_rate))
