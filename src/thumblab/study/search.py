"""Hyperparameters that are searched before a study is run; what is found is a setting, never a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from thumblab.core.errors import UsageError, unknown

Sampler = Literal["tpe", "random"]
Pruner = Literal["none", "asha", "hyperband"]

_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*(\S+?)(\s+log)?\s*")


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included.

    Attributes:
        low: The least.
        high: The greatest.
        log: Whether they are drawn evenly on a logarithmic scale.
        whole: Whether they are whole numbers.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            above = " above 0" if self.log else ""
            raise UsageError(
                f"the range {self.low:g}..{self.high:g} must rise{above}; change its ends"
            )


@dataclass(frozen=True)
class Choices:
    """One of some texts of the grammar."""

    each: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.each)) < 2:
            raise UsageError(f"the choices {self.each} must be two different ones at least")


@dataclass(frozen=True)
class Search:
    """What is searched, and how; every arm gets as many trials.

    Trials train on the base's own split with a seed that no run of the study has, and are ranked by
    validation accuracy. The winner's settings go into every run of its arm.

    Attributes:
        space: Values by dotted path (see ``edits.py``).
        sampler: ``"tpe"`` (Bergstra et al. 2011) or ``"random"`` (Bergstra and Bengio 2012).
        trials: Of each arm.
        pruner: Whether bad trials are stopped early: ``"asha"`` (Li et al. 2020), ``"hyperband"`` (Li et al.
            2018), or ``"none"``.
        epochs: Of a trial; as many as the arm has unless given.
    """

    space: tuple[tuple[str, Range | Choices], ...]
    sampler: Sampler = "tpe"
    trials: int = 30
    pruner: Pruner = "none"
    epochs: int | None = None

    def __post_init__(self) -> None:
        if not self.space:
            raise UsageError("a search needs a space; name at least one setting and its range")
        for name, choices in (("sampler", Sampler), ("pruner", Pruner)):
            if getattr(self, name) not in get_args(choices):
                raise unknown(name, str(getattr(self, name)), get_args(choices))
        if self.trials < 1:
            raise UsageError(f"trials {self.trials} must be at least 1")
        if self.epochs is not None and self.epochs < 1:
            raise UsageError(f"epochs {self.epochs} of a trial must be at least 1")
        if self.epochs is not None and "epochs" in dict(self.space):
            raise UsageError(
                "epochs are searched, and so trials have none of their own; leave one out"
            )


def find_space(given: object) -> Range | Choices:
    """What a text or a list says: ``"0.02..0.5 log"``, ``"16..64"``, ``["flip", "flip+crop"]``.

    >>> find_space("0.02..0.5 log")
    Range(low=0.02, high=0.5, log=True, whole=False)
    >>> find_space(["sgd", "adam"])
    Choices(each=('sgd', 'adam'))
    """
    if isinstance(given, list | tuple):
        return Choices(tuple(str(each) for each in given))
    match = _RANGE.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise UsageError(f"{given!r} is no range; write 0.02..0.5, 0.02..0.5 log, or a list")
    low, high, log = match.groups()
    try:
        ends = float(low), float(high)
    except ValueError as error:
        raise UsageError(f"{given!r} is no range of numbers; write 0.02..0.5") from error
    whole = all(re.fullmatch(r"-?\d+", each) for each in (low, high))
    return Range(*ends, log=bool(log), whole=whole)
