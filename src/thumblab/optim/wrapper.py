"""Optimizers around another one, and what they share."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from thumblab.core.errors import UsageError
from thumblab.core.layer import Shape
from thumblab.optim.optimizer import CHUNK, Array, Optimizer
from thumblab.optim.schedule import Schedule
from thumblab.optim.sgd import SGD


@dataclass(frozen=True)
class Wrapper(Optimizer):
    """An optimizer that does something before or after the moves of another.

    Attributes:
        optimizer: The other one; it has the learning rate.
    """

    optimizer: Optimizer = SGD()

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if len(set(self.slots)) < len(self.slots):
            raise UsageError(f"{self} keeps {', '.join(self.slots)}; wrap each kind once only")

    @property
    def own_slots(self) -> tuple[str, ...]:
        """What it keeps besides what the other one keeps."""
        return ()

    @property
    def learning_rate(self) -> float | Schedule:
        return self.optimizer.learning_rate

    @property
    def slots(self) -> tuple[str, ...]:
        return (*self.own_slots, *self.optimizer.slots)

    @property
    def copies(self) -> tuple[str, ...]:
        return self.optimizer.copies

    @property
    def by_name(self) -> bool:
        return self.optimizer.by_name

    @property
    def shown(self) -> str | None:
        return self.optimizer.shown

    def whole(self, name: str, shape: Shape) -> bool:
        return self.optimizer.whole(name, shape)


def with_learning_rate(optimizer: Optimizer, learning_rate: float | Schedule) -> Optimizer:
    """Copy with another learning rate, which the innermost of wrapped optimizers has.

    >>> from thumblab.optim import EMA, SGD
    >>> with_learning_rate(EMA(SGD(0.1)), 0.3).learning_rate
    0.3
    """
    if isinstance(optimizer, Wrapper):
        return replace(optimizer, optimizer=with_learning_rate(optimizer.optimizer, learning_rate))
    name = "learning_rate" if "learning_rate" in {f.name for f in fields(optimizer)} else "rate"
    return replace(optimizer, **{name: learning_rate})


def blend(kept: Array, new: Array, share: float) -> None:
    """``kept += share * (new - kept)``, a piece at a time, so that it stays in cache."""
    kept, new = kept.reshape(-1), new.reshape(-1)
    for begin in range(0, kept.size, CHUNK):
        cut = slice(begin, begin + CHUNK)
        kept[cut] += share * (new[cut] - kept[cut])
