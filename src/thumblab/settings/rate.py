"""A schedule put into an optimizer."""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.optim import Optimizer, Schedule, with_rate
from thumblab.settings.call import build
from thumblab.settings.fit import as_call, fit
from thumblab.settings.grammar import Call


def find_optimizer(given: object, schedule: object = None) -> Optimizer:
    """The optimizer that ``given`` spells, with ``schedule`` in its field ``rate``.

    A schedule without a peak takes the optimizer's rate, or the rate that its class begins with.

    Raises:
        UsageError: If there is no such optimizer or schedule, or the two contradict each other.
    """
    call = as_call(given, "optimizer")
    optimizer = build(call, Optimizer, fit)
    if schedule is None:
        return optimizer
    rate = optimizer.rate
    if isinstance(rate, Schedule):
        raise UsageError(f"{call.name} has a schedule as its rate already; give one schedule")
    found = find_schedule(schedule, rate)
    if "rate" in call.arguments and found.peak != rate:
        raise UsageError(
            f"{call.name} has the rate {rate:g} and the schedule the peak {found.peak:g}; give one"
        )
    return with_rate(optimizer, found)


def find_schedule(given: object, peak: float) -> Schedule:
    """The schedule that ``given`` spells; ``peak`` is its peak unless it has one."""
    call = as_call(given, "schedule")
    return build(Call(call.name, {"peak": peak, **call.arguments}), Schedule, fit)
