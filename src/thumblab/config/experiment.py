"""An experiment from settings by key: all but the architecture, which needs the data's classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

from thumblab.config.call import build, names
from thumblab.config.fit import are_arguments, as_call, fit, is_none
from thumblab.config.formatting import format_name
from thumblab.config.model import Model, find_model
from thumblab.config.optimization import check_peaks, find_optimizer, find_schedule
from thumblab.config.problem import Collector
from thumblab.config.source import find_source
from thumblab.core.errors import UsageError, unknown
from thumblab.core.renamed import field_of, value_of, warn
from thumblab.core.value import Value
from thumblab.data import Dataset
from thumblab.experiment import Experiment
from thumblab.layers import Identity

KEYS = (*(field.name for field in fields(Experiment) if field.compare), "schedule")
"""What can be set: the experiment's fields, and ``schedule``, which goes into the optimizer."""

MERGED = (
    "optimizer",
    "loss",
    "sampling",
    "progressive_resizing",
    "normalize",
    "early_stopping",
    "lr_plateau",
    "tta",
)
"""Keys of single values, of which arguments may be changed one by one."""


@dataclass(frozen=True)
class Plan:
    """An experiment that lacks only its architecture.

    Attributes:
        draft: The experiment with a model that stands in.
        model: What makes the architecture.
    """

    draft: Experiment
    model: Model

    def experiment(self, dataset: Dataset) -> Experiment:
        """The experiment on ``dataset``, which has been read from ``draft.data``."""
        return self.for_classes(len(dataset.classes))

    def for_classes(self, classes: int) -> Experiment:
        """The experiment on data of so many classes."""
        layer = self.model(classes)
        return replace(self.draft, model=layer, label=str(self.model))


def plan(settings: Mapping[str, object], options: Mapping[str, object] | None = None) -> Plan:
    """The experiment that ``settings`` describe, in texts of the grammar or values of TOML.

    Each setting changes what it names; the rest is as the experiment has it by default (see
    ``optimization.py`` for optimizers and schedules).

    Args:
        settings: By key.
        options: Settings that win. A value of the class that is there already keeps the arguments that
            are not named; data, models and lists are replaced as a whole.

    Raises:
        SettingsError: If keys are unknown or missing, or values do not fit; all of them.
    """
    collector, options = Collector(), options or {}
    values: dict[str, Any] = {f.name: f.default for f in fields(Experiment) if f.name in MERGED}
    merged = (*MERGED, "schedule")
    kept = {key: each for key, each in settings.items() if key not in options or key in merged}
    _read(kept, values, collector)
    collector.layer = 1
    _read(options, values, collector, scheduled="schedule" in kept)
    collector.layer = 0
    for key in ("data", "model"):
        with collector.at(key):
            if key not in settings and key not in options:
                raise UsageError(f"no {key} was given; name one")
    collector.check()
    model = values.pop("model")
    with collector.at():
        draft = Experiment(model=Identity(), **values)
    collector.check()
    return Plan(draft, model)


def _read(
    settings: Mapping[str, object],
    values: dict[str, Any],
    collector: Collector,
    *,
    scheduled: bool = False,
) -> None:
    """Changes ``values`` by ``settings``; ``scheduled`` if their schedule was asked for."""
    for named, given in settings.items():
        key = field_of("Experiment", named)
        with collector.at(named):
            if key not in KEYS:
                raise unknown("key", key, KEYS)
            if key != named:
                warn(named, key)
            given = value_of(key, given)
            if key not in ("optimizer", "schedule"):
                values[key] = _value(key, given, values.get(key))
    optimizer, schedule = settings.get("optimizer"), settings.get("schedule")
    if optimizer is not None:
        with collector.at("optimizer"):
            before = values["optimizer"]
            values["optimizer"] = find_optimizer(optimizer, before, scheduled=scheduled)
    if schedule is not None:
        with collector.at("schedule"):
            values["optimizer"] = find_schedule(schedule, values["optimizer"])
            if optimizer is not None:
                check_peaks(optimizer, schedule)


def _value(key: str, given: object, before: object) -> Any:
    if key == "data":
        return find_source(given)
    if key == "model":
        return find_model(given)
    if isinstance(before, Value) and are_arguments(given):
        given = f"{format_name(type(before))}:{given}"
    if isinstance(before, Value) and not is_none(given):
        call = as_call(given, key)
        if names(call, type(before)):
            return build(call, type(before), fit, before)
    return fit(given, _HINTS[key])


_HINTS = get_type_hints(Experiment)
