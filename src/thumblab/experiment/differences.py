"""In which settings two experiments differ: as few as one option each would make."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from thumblab.core.layer import Layer
from thumblab.core.value import Value
from thumblab.experiment.experiment import Experiment
from thumblab.optim import Optimizer, Schedule
from thumblab.optim.wrapper import Wrapper

Sides = dict[str, tuple[Any, Any]]


def differences(one: Experiment, other: Experiment) -> Sides:
    """What each of two experiments has where they differ, by setting.

    A setting is a field of the experiment, or an argument inside a value of one class:
    ``optimizer.momentum``, ``loss.smoothing``. Values of two classes are one setting, whatever else
    differs in them; so are two architectures, and two augmentations. The learning rate is a setting
    beside its optimizer, ``learning_rate``; so are its schedule, ``schedule``, and the arguments of that,
    ``schedule.warmup``. An optimizer of another class brings its learning rate along. Labels do not count.
    """
    found: Sides = {}
    for field in fields(Experiment):
        if field.compare and field.name != "optimizer":
            _compare(field.name, getattr(one, field.name), getattr(other, field.name), found)
    _optimizers(one.optimizer, other.optimizer, found)
    return found


def _compare(name: str, one: Any, other: Any, found: Sides) -> None:
    same_class = isinstance(one, Value) and type(one) is type(other)
    if same_class and not isinstance(one, Layer):
        for field in fields(one):
            if field.compare:
                inner = getattr(one, field.name), getattr(other, field.name)
                _compare(f"{name}.{field.name}", *inner, found)
    elif one != other:
        found[name] = one, other


def _optimizers(one: Optimizer, other: Optimizer, found: Sides) -> None:
    _compare("optimizer", _without_learning_rate(one), _without_learning_rate(other), found)
    if "optimizer" in found:
        found["optimizer"] = one, other
    other_class = any(name.endswith("optimizer") for name in found)
    _compare("schedule", _course(one.learning_rate), _course(other.learning_rate), found)
    if "schedule" in found:
        found["schedule"] = one.learning_rate, other.learning_rate
    if _peak(one.learning_rate) != _peak(other.learning_rate) and not other_class:
        found["learning_rate"] = _peak(one.learning_rate), _peak(other.learning_rate)


def _peak(learning_rate: float | Schedule) -> float:
    return learning_rate.max_lr if isinstance(learning_rate, Schedule) else learning_rate


def _course(learning_rate: float | Schedule) -> Schedule | None:
    return replace(learning_rate, max_lr=0.0) if isinstance(learning_rate, Schedule) else None


def _without_learning_rate(optimizer: Optimizer) -> Optimizer:
    if isinstance(optimizer, Wrapper):
        return replace(optimizer, optimizer=_without_learning_rate(optimizer.optimizer))
    return replace(optimizer, learning_rate=0.0)  # type: ignore[call-arg]  # a field of every other one
