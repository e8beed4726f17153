"""Which runs repeat one experiment, and in what experiments differ.

An arm is an experiment with all of its seeds. It is named by the settings in which the arms differ, never by
a digest: where one setting tells them all apart, by its value alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.core.value import identity
from thumblab.experiment import Experiment
from thumblab.layers import Identity
from thumblab.runs import Run

Settings = dict[str, str]
"""Values as text by the path of a setting, such as ``optimizer.decay``."""

SAME = ("seed", "label", "data", "model")
"""Fields that are no setting of their own: runs of other data are refused, and a model has its name."""
ABSENT = "-"


@dataclass(frozen=True, eq=False)
class Arm:
    """An experiment and its seeds.

    Attributes:
        name: Its values of the settings in which the arms differ.
        settings: These settings; ``-`` where the arm has none of that name.
        runs: One a seed, in the order of the seeds.
    """

    name: str
    settings: Settings
    runs: tuple[Run, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the runs."""
        return tuple(run.experiment.seed for run in self.runs)


@dataclass(frozen=True, eq=False)
class Arms:
    """Arms that are compared with one of them.

    Attributes:
        each: By name, the reference first, the others in the order of their names.
        why: By what rule the first is the reference.
    """

    each: tuple[Arm, ...]
    why: str

    @property
    def reference(self) -> Arm:
        """What the others are compared with."""
        return self.each[0]

    def apart(self, arm: Arm) -> tuple[str, ...]:
        """The settings in which an arm differs from the reference."""
        first = self.reference.settings
        return tuple(name for name, value in arm.settings.items() if value != first[name])


def settings_of(experiment: Experiment) -> Settings:
    """Every setting of an experiment but its seed and data, down to the last argument."""
    values = identity(experiment)
    found = {"model": experiment.label or _text(values["model"])}
    for name, value in values.items():
        if name not in (*SAME, "type"):
            _flatten(name, value, found)
    return found


def _flatten(path: str, value: Any, found: Settings) -> None:
    if isinstance(value, dict) and "type" in value:
        found[path] = snake(value["type"])
        for name, inner in value.items():
            if name != "type":
                _flatten(f"{path}.{name}", inner, found)
    else:
        found[path] = _text(value)


def snake(name: str) -> str:
    """A class as the command line spells it.

    >>> snake("OneCycle"), snake("SGD"), snake("mine:Loss")
    ('one_cycle', 'sgd', 'mine:Loss')
    """
    return name if ":" in name else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _text(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return "+".join(map(_text, value))
    if isinstance(value, dict) and "type" in value:
        inner = ",".join(f"{k}={_text(v)}" for k, v in value.items() if k != "type")
        return snake(value["type"]) + (f":{inner}" if inner else "")
    if value is None or value == []:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)


def arms_of(runs: Sequence[Run], *, by: Sequence[str] = (), against: str | None = None) -> Arms:
    """The arms of some runs, and which of them the others are compared with.

    Args:
        runs: Any, in any order.
        by: Settings that name the arms, such as ``optimizer``; runs that have them in common are one
            arm. Without any, all settings count.
        against: The name of the reference, or the folder of one of its runs. Without it, the arm with
            the most seeds; of equals, that with the most settings at their defaults; of equals, the
            first by name.

    Raises:
        UsageError: If a setting or an arm of that name is not there, or runs that would be one arm
            have a seed in common.
    """
    all_settings = [settings_of(run.experiment) for run in runs]
    differing = _differing(all_settings)
    named = _asked(by, all_settings) if by else differing
    groups: dict[tuple[str, ...], list[Run]] = {}
    for run, settings in zip(runs, all_settings, strict=True):
        groups.setdefault(tuple(settings.get(name, ABSENT) for name in named), []).append(run)
    names = _names(named, list(groups))
    arms = [
        _arm(name, dict(zip(named, values, strict=True)), groups[values])
        for values, name in names.items()
    ]
    first, why = _reference(arms, against)
    others = sorted((arm for arm in arms if arm is not first), key=lambda arm: arm.name)
    return Arms((first, *others), why)


def names_of(runs: Sequence[Run]) -> list[str]:
    """The arm that each run would belong to, whatever it was trained on; empty if all are of one."""
    each = [settings_of(run.experiment) for run in runs]
    named = _differing(each)
    values = [tuple(settings.get(name, ABSENT) for name in named) for settings in each]
    if len(set(values)) == 1:
        return [""] * len(runs)
    names = _names(named, list(dict.fromkeys(values)))
    return [names[value] for value in values]


def _differing(each: Sequence[Settings]) -> list[str]:
    """The settings that not all have in common.

    Arguments of values of another type are no settings of their own: who has chosen Adam instead of
    SGD has not chosen a momentum. Those that both types know by the same name are.
    """
    names = dict.fromkeys(name for settings in each for name in settings)
    return [
        name
        for name in names
        if len({settings[name] for settings in each if name in settings}) > 1
        or (not all(name in settings for settings in each) and not _of_another(name, each))
    ]


def _of_another(name: str, each: Sequence[Settings]) -> bool:
    """Whether it is missing only where the value that it is an argument of is another one."""
    owner = name.rpartition(".")[0]
    types = {settings.get(owner) for settings in each if name in settings}
    return all(name in settings or settings.get(owner) not in types for settings in each)


def _asked(by: Sequence[str], each: Sequence[Settings]) -> list[str]:
    """What was asked for, with the arguments of a value that was named alone."""
    known = dict.fromkeys(name for settings in each for name in settings)
    differing = _differing(each)
    found: list[str] = []
    for name in by:
        if name not in known:
            own = sorted({f.name for f in fields(Experiment)} - {*SAME} | {"model"})
            raise UsageError(f"there is no setting {name!r}; name one of {', '.join(own)}")
        inner = [other for other in differing if other.startswith(f"{name}.")]
        found += [name] if name in differing or not inner else inner
    return list(dict.fromkeys(found))


def _names(named: Sequence[str], values: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """A name for each combination, of as few settings as tell all of them apart."""
    if len(values) == 1:
        return {values[0]: "all runs"}
    chosen = next(
        (
            places
            for size in (1, 2, 3)
            for places in combinations(range(len(named)), size)
            if len({tuple(each[place] for place in places) for each in values}) == len(values)
        ),
        tuple(range(len(named))),
    )
    return {
        each: " ".join(_setting(named[place], each[place]) for place in chosen) for each in values
    }


def _setting(name: str, value: str) -> str:
    """``sgd`` says by itself what it is, ``0.1`` does not."""
    return value if name in ("model", "loss", "optimizer") else f"{name}={value}"


def _arm(name: str, settings: Settings, runs: Sequence[Run]) -> Arm:
    ordered = sorted(runs, key=lambda run: run.experiment.seed)
    seeds = [run.experiment.seed for run in ordered]
    if len(set(seeds)) < len(seeds):
        twice = next(seed for seed in seeds if seeds.count(seed) > 1)
        both = " and ".join(str(run.folder) for run in ordered if run.experiment.seed == twice)
        raise UsageError(
            f"{both} would both be seed {twice} of the arm {name!r}; give each run once, and name "
            "more settings for the arms to differ in"
        )
    return Arm(name, settings, tuple(ordered))


def _reference(arms: Sequence[Arm], against: str | None) -> tuple[Arm, str]:
    if against is not None:
        named = [arm for arm in arms if arm.name == against]
        found = named or [arm for arm in arms if _means(against, arm)]
        if len(found) != 1:
            known = ", ".join(repr(arm.name) for arm in arms)
            raise UsageError(f"{against!r} is none of the arms, or several; name one of {known}")
        return found[0], "asked for"
    usual = _defaults()
    away = {
        arm.name: sum(usual.get(name) != value for name, value in arm.settings.items())
        for arm in arms
    }
    first = min(arms, key=lambda arm: (-len(arm.runs), away[arm.name], arm.name))
    return first, "most seeds; of equals nearest to the default settings, then first by name"


def _means(against: str, arm: Arm) -> bool:
    """Whether ``against`` is the arm's name, the value of one of its settings, or one of its runs."""
    message = {f"{name}={value}" for name, value in arm.settings.items()}
    folders = {str(run.folder) for run in arm.runs} | {run.folder.name for run in arm.runs}
    return against.rstrip("/") in {arm.name, *arm.settings.values()} | message | folders


def _defaults() -> Settings:
    from thumblab.data import Characters

    return settings_of(Experiment(data=Characters(), model=Identity()))


def mixed(arm: Arm) -> Mapping[str, int]:
    """Settings in which the runs of one arm differ beside the seed, and how many values each has."""
    each = [settings_of(run.experiment) for run in arm.runs]
    return {name: len({s.get(name, ABSENT) for s in each}) for name in _differing(each)}
