"""How the learning rate moves over a run: functions of the share of steps done, the same for both engines."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import singledispatch
from math import cos, inf, pi

from thumblab.core.errors import UsageError
from thumblab.core.value import Value


@dataclass(frozen=True)
class Schedule(Value):
    """A learning rate that changes over a run.

    Attributes:
        max_lr: The highest learning rate.
    """

    max_lr: float = 0.1

    def __post_init__(self) -> None:
        _check_numbers(self)


def _check_numbers(schedule: Schedule) -> None:
    for field in fields(schedule):
        value = getattr(schedule, field.name)
        if isinstance(value, int | float) and not 0 <= value < inf:
            raise UsageError(f"{schedule}: {field.name} must be at least 0 and finite")


@dataclass(frozen=True)
class Constant(Schedule):
    """``max_lr`` throughout; the same as giving the number."""


@dataclass(frozen=True)
class Step(Schedule):
    """``max_lr`` times ``factor`` for every share of the run in ``milestones`` that has passed.

    Source: He et al. 2015, arXiv:1512.03385 (0.5, 0.75; factor 0.1).
    """

    milestones: tuple[float, ...] = (0.5, 0.75)
    factor: float = 0.1


@dataclass(frozen=True)
class Cosine(Schedule):
    """``final + (max_lr - final) * (1 + cos(pi * t)) / 2`` for the share ``t`` of the run.

    Source: Loshchilov & Hutter 2016, arXiv:1608.03983, without restarts.
    """

    final: float = 0.0


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Linear from ``start`` up to ``max_lr`` over the share ``warmup``, then linear down to ``final``.

    ``start`` and ``final`` are shares of ``max_lr``.

    Source: Smith & Topin 2017, arXiv:1708.07120.
    """

    warmup: float = 0.25
    start: float = 0.1
    final: float = 0.0

    def __post_init__(self) -> None:
        _check_numbers(self)
        if not 0 < self.warmup < 1:
            raise UsageError(f"{self}: warmup is a share of the run, in (0, 1)")


@dataclass(frozen=True)
class Warmup(Schedule):
    """Linear from 0 to ``max_lr`` over the share ``warmup``; then ``after``, with the same ``max_lr``.

    The first of the ``n`` steps of the warmup has the learning rate ``max_lr / n``, so that it moves.

    Source: Goyal et al. 2017, arXiv:1706.02677.
    """

    warmup: float = 0.05
    after: Schedule = Cosine()

    def __post_init__(self) -> None:
        _check_numbers(self)
        if not 0 <= self.warmup < 1:
            raise UsageError(f"{self}: warmup is a share of the run, in [0, 1)")


@singledispatch
def learning_rate_after(schedule: Schedule, done: float) -> float:
    """The learning rate once the share ``done`` of the steps has passed."""
    raise UsageError(
        f"{type(schedule).__name__} has no rule; write one with @learning_rate_after.register"
    )


@learning_rate_after.register
def constant(schedule: Constant, done: float) -> float:
    return schedule.max_lr


@learning_rate_after.register
def step(schedule: Step, done: float) -> float:
    return schedule.max_lr * schedule.factor ** sum(done >= share for share in schedule.milestones)


@learning_rate_after.register
def cosine(schedule: Cosine, done: float) -> float:
    return schedule.final + (schedule.max_lr - schedule.final) * (1 + cos(pi * done)) / 2


@learning_rate_after.register
def one_cycle(schedule: OneCycle, done: float) -> float:
    if done < schedule.warmup:
        low = schedule.start
        return schedule.max_lr * (low + (1 - low) * done / schedule.warmup)
    rest = (done - schedule.warmup) / (1 - schedule.warmup)
    return schedule.max_lr * (1 + (schedule.final - 1) * rest)


def learning_rate_at(lr: float | Schedule, step: int, steps: int) -> float:
    """The learning rate at ``step`` (from 0) of a run of ``steps``.

    >>> [round(learning_rate_at(OneCycle(1.0, warmup=0.5, start=0.0), i, 4), 2) for i in range(4)]
    [0.0, 0.5, 1.0, 0.5]
    """
    if not isinstance(lr, Schedule):
        return lr
    if isinstance(lr, Warmup):
        warmup = round(lr.warmup * steps)
        if step < warmup:
            return lr.max_lr * (step + 1) / warmup
        return learning_rate_at(replace(lr.after, max_lr=lr.max_lr), step - warmup, steps - warmup)
    return learning_rate_after(lr, step / steps)
