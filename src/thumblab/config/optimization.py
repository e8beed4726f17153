"""Optimizers and schedules: each option changes what it names, and the rest stays.

An optimizer of the class that is there already keeps the arguments that are not named, and its
schedule. Another one brings its own defaults; its own learning rate becomes the ``max_lr`` of the schedule
that is there. A number that is given as its ``lr`` is constant, or the ``max_lr`` of the schedule that is
given beside it. A schedule keeps the optimizer and its learning rate; one of the class that is there
keeps the arguments that are not named. ``constant`` is a number.

    sgd                   the default: Nesterov, weight decay 5e-4, one cycle up to 0.05
    sgd:momentum=0.8      the same with another momentum
    sgd:lr=0.1          the same at a constant learning rate
    adam                  Adam, one cycle up to its own 0.001
    ema                   the default, averaged
    selective_decay       the default, whose biases and gains of norms do not decay
    cosine                the default with a cosine that begins at 0.05
    one_cycle:warmup=0.1  the default with a shorter warmup
"""

from __future__ import annotations

from dataclasses import replace

from thumblab.config.call import build, find, names
from thumblab.config.fit import as_call, fit
from thumblab.config.grammar import Call
from thumblab.core.errors import UsageError
from thumblab.optim import Constant, Cosine, Optimizer, Schedule, Warmup, with_learning_rate
from thumblab.optim.wrapper import Wrapper

Rate = float | Schedule
RATE = ("lr", "learning_rate", "rate")
"""What the learning rate of an optimizer is called in texts; the last until 0.3."""


def find_optimizer(given: object, base: Optimizer, *, scheduled: bool) -> Optimizer:
    """The optimizer that ``given`` spells, where ``base`` has been.

    Args:
        given: A text of the grammar, or a table of TOML.
        base: What keeps its place where nothing is said.
        scheduled: Whether the schedule of ``base`` was asked for, so that a learning rate is its peak.

    Raises:
        UsageError: If there is none, or its arguments do not fit.
    """
    call = as_call(given, "optimizer")
    named = dict(call.arguments)
    inner = named.pop("optimizer", None)
    if names(call, type(base)):
        found = build(Call(call.name, named), Optimizer, fit, base)
    elif issubclass(find(call.name, Optimizer), Wrapper):
        found = replace(build(Call(call.name, named), Wrapper, fit), optimizer=innermost(base))
    else:
        found = build(call, Optimizer, fit)
    if isinstance(found, Wrapper):
        if inner is None:
            return found
        within = find_optimizer(inner, innermost(base), scheduled=scheduled)
        return replace(found, optimizer=within)
    if (named.keys() & RATE) and not scheduled:
        return found
    return with_learning_rate(found, _scheduled(found.learning_rate, base.learning_rate))


def innermost(optimizer: Optimizer) -> Optimizer:
    """The optimizer that others are wrapped around."""
    return innermost(optimizer.optimizer) if isinstance(optimizer, Wrapper) else optimizer


def find_schedule(given: object, base: Optimizer) -> Optimizer:
    """``base`` with the schedule that ``given`` spells.

    Raises:
        UsageError: If there is none, or its arguments do not fit.
    """
    call, learning_rate = as_call(given, "schedule"), base.learning_rate
    if isinstance(learning_rate, Schedule) and names(call, type(learning_rate)):
        return with_learning_rate(base, build(call, Schedule, fit, learning_rate))
    max_lr = learning_rate.max_lr if isinstance(learning_rate, Schedule) else learning_rate
    found = build(Call(call.name, {"max_lr": max_lr, **call.arguments}), Schedule, fit)
    return with_learning_rate(base, found.max_lr if type(found) is Constant else found)


def check_peaks(optimizer: object, schedule: object) -> None:
    """Refuses an optimizer and a schedule, given together, that contradict each other.

    Raises:
        UsageError: If the one has a schedule already, or another learning rate than the other's peak.
    """
    inner, curve = as_call(optimizer, "optimizer"), as_call(schedule, "schedule")
    given = next((inner.arguments[name] for name in RATE if name in inner.arguments), None)
    if given is None:
        return
    learning_rate = fit(given, Rate)
    if isinstance(learning_rate, Schedule):
        raise UsageError(f"{inner.name} has a schedule as its lr already; give one schedule")
    max_lr = fit(curve.arguments.get("max_lr", curve.arguments.get("peak", learning_rate)), float)
    if max_lr != learning_rate:
        raise UsageError(
            f"{inner.name} has lr={learning_rate:g} and the schedule max_lr={max_lr:g}; give one"
        )


def _scheduled(learning_rate: Rate, before: Rate) -> Rate:
    """``learning_rate``; a number becomes the peak of the schedule that has been there."""
    if isinstance(learning_rate, Schedule) or not isinstance(before, Schedule):
        return learning_rate
    factor = learning_rate / before.max_lr if before.max_lr else 1.0
    return replace(_lower(before, factor), max_lr=learning_rate)


def _lower(schedule: Schedule, factor: float) -> Schedule:
    """The schedule with an end that keeps its proportion to a peak ``factor`` times as high."""
    if isinstance(schedule, Cosine):
        return replace(schedule, final=schedule.final * factor)
    if isinstance(schedule, Warmup):
        return replace(schedule, after=_lower(schedule.after, factor))
    return schedule
