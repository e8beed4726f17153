"""What a study has declared before its runs were made, and what was done to it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Part = Literal["validation", "test"]


@dataclass(frozen=True)
class Search:
    """A search for settings that came before the comparison.

    Attributes:
        trials: How many were tried, by arm.
        seeds: That the trials were trained with.
        part: The images that chose among them.
    """

    trials: Mapping[str, int]
    seeds: tuple[int, ...] = ()
    part: Part = "validation"


@dataclass(frozen=True)
class PrintedVerdict:
    """A verdict that was shown.

    Attributes:
        when: ISO date and time.
        seeds: How many each arm had.
        metric: That it was about.
        part: The images that it was about.
        arms: That it was about.
    """

    when: str
    seeds: int
    metric: str = "accuracy"
    part: Part = "validation"
    arms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deviation:
    """A difference between a study and what was locked.

    Attributes:
        what: Such as ``"base.epochs: 8 -> 12"``.
        reason: That was given for it; empty if none was.
        when: ISO date and time; empty if it is not known.
    """

    what: str
    reason: str = ""
    when: str = ""


@dataclass(frozen=True)
class Declaration:
    """What a comparison of runs claims to be. The defaults are those of runs that no study declares.

    Attributes:
        metric: That is tested.
        part: The images that it is tested on.
        baseline: The arm that the others are compared with; None for the first.
        matters: The least difference that is worth having, as a fraction; None if none is named.
        equal: What arms must share; None where nothing is to be.
        looks: Seeds an arm at which a verdict may be printed and seeds added after it; ``"any"`` for
            all of them; empty where the count is final.
        verdicts: Those printed so far, in their order.
        deviations: From the lock.
        search: That came before, if any.
        ignored: Reasons by the code of each rule whose findings are only to be noted.
        is_study: Whether a study declared this.
    """

    metric: str = "accuracy"
    part: Part = "validation"
    baseline: str | None = None
    matters: float | None = None
    equal: Literal["epochs", "images", "flops", "seconds"] | None = "epochs"
    looks: tuple[int, ...] | Literal["any"] = ()
    verdicts: tuple[PrintedVerdict, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    search: Search | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)
    is_study: bool = False
