"""When a run ends before its last epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

from thumblab.core.errors import MissingRuleError
from thumblab.core.value import Value, type_name
from thumblab.experiment.plateau import Line, Metric, check_plateau, plateaus


@dataclass(frozen=True)
class StopRule(Value):
    """Base of the stop rules. To add one, derive from it and register ``stops``."""

    @property
    def needs_validation(self) -> bool:
        """Whether it chooses by images that must not be trained on."""
        return True


@dataclass(frozen=True)
class EarlyStopping(StopRule):
    """Ends a run once ``patience`` epochs in a row have brought nothing better.

    The weights are those of the last epoch, or with ``restore_best="best"`` of the best, as in the source. A
    schedule that falls over the whole run, such as one cycle, is cut short; a constant one is not.

    Attributes:
        metric: ``"validation_loss"`` (of the loss that is trained), ``"validation_cross_entropy"``,
            ``"validation_accuracy"``, or the same of training; see ``plateau.Metric``.
        patience: Epochs, at least 1.
        min_delta: What an epoch must be better by than the best before it, in the metric's unit.

    Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", algorithm 7.1.
    """

    metric: Metric = "validation_loss"
    patience: int = 10
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        check_plateau(self, self.metric, self.patience, self.min_delta)

    @property
    def needs_validation(self) -> bool:
        """Whether the metric is one of validation."""
        return self.metric.startswith("validation")


@singledispatch
def stops(rule: StopRule, lines: Sequence[Line]) -> bool:
    """Whether a run is over after the epochs of ``lines``; a function of these alone."""
    raise MissingRuleError(
        f"{type_name(type(rule))} does not say when it stops; write a rule with @stops.register"
    )


@stops.register
def early_stopping(rule: EarlyStopping, lines: Sequence[Line]) -> bool:
    """At the first plateau."""
    return plateaus(lines, rule.metric, rule.patience, rule.min_delta) > 0
