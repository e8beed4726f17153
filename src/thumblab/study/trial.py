"""Trials of a search: what happens to one, and what came of one that is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from thumblab.study.space import Settings

Ended = Literal["done", "pruned", "diverged", "failed"]
Kind = Literal["began", "epoch", "done", "pruned", "diverged", "failed"]


@dataclass(frozen=True)
class Trial:
    """What was tried, and what came of it.

    Attributes:
        number: Among the trials of its arm, from 0; trials that were stopped in the middle have one too.
        settings: By dotted path.
        ended: ``"done"``; ``"pruned"``, stopped early as others were better; ``"diverged"``; or ``"failed"``,
            where such a network cannot be trained.
        accuracy: Of the validation images, at the end of a trial that is done or pruned.
        seconds: That training took.
        note: Why, of a trial that diverged or failed.
    """

    number: int
    settings: Settings
    ended: Ended
    accuracy: float | None = None
    seconds: float = 0.0
    note: str = ""


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The trial with the highest accuracy of those that are done; of equals the first.

    >>> best_of([Trial(0, {}, "done", 0.7), Trial(1, {}, "done", 0.7), Trial(2, {}, "pruned", 0.9)]).number
    0
    """
    done = [each for each in trials if each.ended == "done" and each.accuracy is not None]
    return max(done, key=lambda each: (each.accuracy or 0.0, -each.number), default=None)


@dataclass(frozen=True)
class TrialEvent:
    """Something that happens in a search.

    Attributes:
        kind: What it is.
        arm: Whose trial.
        number: Of the trial, in its arm.
        settings: That are tried.
        epoch: Epochs done of it.
        epochs: Epochs that it has.
        accuracy: Validation accuracy after that epoch, or at its end.
        best: The highest of the arm's trials so far.
        done: Trials that are over, of all arms.
        trials: Trials in all.
        message: Why, of a trial that failed, diverged or was not trained.
    """

    kind: Kind
    arm: str
    number: int
    settings: Settings
    epoch: int = 0
    epochs: int = 0
    accuracy: float | None = None
    best: float | None = None
    done: int = 0
    trials: int = 0
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self) | {"settings": dict(self.settings)}
