"""An experiment from settings by key: all but the architecture, which needs the data's classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

from thumblab.core.errors import UsageError, unknown
from thumblab.data import Dataset
from thumblab.layers import Identity
from thumblab.optim import Optimizer
from thumblab.settings.fit import fit
from thumblab.settings.model import Model, find_model
from thumblab.settings.problem import Collector
from thumblab.settings.rate import find_optimizer, find_schedule
from thumblab.settings.source import find_source
from thumblab.training import Experiment

KEYS = (*(field.name for field in fields(Experiment) if field.compare), "schedule")
"""What can be set: the experiment's fields, and ``schedule``, which goes into the optimizer."""


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
        layer = self.model(len(dataset.classes))
        return replace(self.draft, model=layer, label=str(self.model))


def plan(settings: Mapping[str, object]) -> Plan:
    """The experiment that ``settings`` describe, in texts of the grammar or values of TOML.

    Raises:
        SettingsError: If keys are unknown or missing, or values do not fit; all of them.
    """
    collector = Collector()
    values: dict[str, Any] = {}
    for key, given in settings.items():
        with collector.at(key):
            if key not in KEYS:
                raise unknown("key", key, KEYS)
            if key not in ("optimizer", "schedule"):
                values[key] = _value(key, given)
    for key in ("data", "model"):
        with collector.at(key):
            if key not in settings:
                raise UsageError(f"no {key} was given; name one")
    if "optimizer" in settings or "schedule" in settings:
        values["optimizer"] = _optimizer(settings, collector)
    collector.check()
    model = values.pop("model")
    with collector.at():
        draft = Experiment(model=Identity(), **values)
    collector.check()
    return Plan(draft, model)


def _value(key: str, given: object) -> Any:
    if key == "data":
        return find_source(given)
    if key == "model":
        return find_model(given)
    return fit(given, _HINTS[key])


def _optimizer(settings: Mapping[str, object], collector: Collector) -> Optimizer | None:
    given, schedule = settings.get("optimizer", "sgd"), settings.get("schedule")
    found: Optimizer | None = None
    with collector.at("optimizer"):
        found = find_optimizer(given)
    if schedule is not None:
        with collector.at("schedule"):
            found = find_optimizer(given, schedule) if found else None
            find_schedule(schedule, peak=1.0)
    return found


_HINTS = get_type_hints(Experiment)
