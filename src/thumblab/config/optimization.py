"""Optimizers and schedules: each option changes what it names, and the rest stays.

An optimizer of the class that is there already keeps the arguments that are not named, and its
schedule. Another one brings its own defaults; its own learning rate becomes the peak of the schedule
that is there. A number that is given as its ``rate`` is constant, or the peak of the schedule that is
given beside it. A schedule keeps the optimizer and its learning rate; one of the class that is there
keeps the arguments that are not named. ``constant`` is a number.

    sgd                   the default: Nesterov, decay 5e-4, one cycle up to 0.05
    sgd:momentum=0.8      the same with another momentum
    sgd:rate=0.1          the same at a constant rate
    adam                  Adam, one cycle up to its own 0.001
    ema                   the default, averaged
    selective_decay       the default, whose biases and gains of norms do not decay
    cosine                the default with a cosine that begins at 0.05
    one_cycle:rise=0.1    the default with a shorter rise
"""

from __future__ import annotations

from dataclasses import replace

from thumblab.config.call import build, find, names
from thumblab.config.fit import as_call, fit
from thumblab.config.grammar import Call
from thumblab.core.errors import UsageError
from thumblab.optim import Constant, Cosine, Optimizer, Schedule, Warmup, with_rate
from thumblab.optim.wrapper import Wrapper

Rate = float | Schedule


def find_optimizer(given: object, base: Optimizer, *, scheduled: bool) -> Optimizer:
    """The optimizer that ``given`` spells, where ``base`` has been.

    Args:
        given: A text of the grammar, or a table of TOML.
        base: What keeps its place where nothing is said.
        scheduled: Whether the schedule of ``base`` was asked for, so that a rate is its peak.

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
    if "rate" in named and not scheduled:
        return found
    return with_rate(found, _scheduled(found.rate, base.rate))


def innermost(optimizer: Optimizer) -> Optimizer:
    """The optimizer that others are wrapped around."""
    return innermost(optimizer.optimizer) if isinstance(optimizer, Wrapper) else optimizer


def find_schedule(given: object, base: Optimizer) -> Optimizer:
    """``base`` with the schedule that ``given`` spells.

    Raises:
        UsageError: If there is none, or its arguments do not fit.
    """
    call, rate = as_call(given, "schedule"), base.rate
    if isinstance(rate, Schedule) and names(call, type(rate)):
        return with_rate(base, build(call, Schedule, fit, rate))
    peak = rate.peak if isinstance(rate, Schedule) else rate
    found = build(Call(call.name, {"peak": peak, **call.arguments}), Schedule, fit)
    return with_rate(base, found.peak if type(found) is Constant else found)


def check_peaks(optimizer: object, schedule: object) -> None:
    """Refuses an optimizer and a schedule, given together, that contradict each other.

    Raises:
        UsageError: If the one has a schedule already, or another rate than the other's peak.
    """
    mover, course = as_call(optimizer, "optimizer"), as_call(schedule, "schedule")
    if "rate" not in mover.arguments:
        return
    rate = fit(mover.arguments["rate"], Rate)
    if isinstance(rate, Schedule):
        raise UsageError(f"{mover.name} has a schedule as its rate already; give one schedule")
    peak = fit(course.arguments.get("peak", rate), float)
    if peak != rate:
        raise UsageError(
            f"{mover.name} has the rate {rate:g} and the schedule the peak {peak:g}; give one"
        )


def _scheduled(rate: Rate, before: Rate) -> Rate:
    """``rate``; a number becomes the peak of the schedule that has been there."""
    if isinstance(rate, Schedule) or not isinstance(before, Schedule):
        return rate
    factor = rate / before.peak if before.peak else 1.0
    return replace(_lower(before, factor), peak=rate)


def _lower(schedule: Schedule, factor: float) -> Schedule:
    """The schedule with an end that keeps its proportion to a peak ``factor`` times as high."""
    if isinstance(schedule, Cosine):
        return replace(schedule, final=schedule.final * factor)
    if isinstance(schedule, Warmup):
        return replace(schedule, after=_lower(schedule.after, factor))
    return schedule
