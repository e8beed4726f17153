"""The arms that a study file names: the base's settings with edits, or every combination of levels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from thumblab.config import plan, read_file
from thumblab.config.experiment import KEYS, Plan
from thumblab.config.fit import as_call
from thumblab.config.formatting import format_name
from thumblab.config.problem import Collector
from thumblab.config.recipes import PREFIX
from thumblab.core.errors import UsageError, unknown
from thumblab.core.value import Value
from thumblab.data import class_count, read
from thumblab.experiment import Experiment
from thumblab.study.edits import SWAP, swapped
from thumblab.study.study import Arm

MOST_ARMS = 500
RECIPE = "recipe"
"""The key of a base or an arm that takes the settings of a recipe."""

Settings = dict[str, Any]
Factors = tuple[tuple[str, tuple[str, ...]], ...]


def built(draft: Plan, root: Path | str | None) -> Experiment:
    """The experiment that settings describe; data whose classes are not known are read for them."""
    classes = class_count(draft.draft.data)
    if classes is None:
        classes = len(read(draft.draft.data, root).classes)
    return draft.for_classes(classes)


def recipe_settings(name: object) -> Mapping[str, Any]:
    """The settings of a recipe, with or without ``recipe:`` before its name; none for None."""
    if name is None:
        return {}
    return read_file(PREFIX + str(name).removeprefix(PREFIX)).settings


@dataclass(frozen=True)
class ArmReader:
    """Makes arms of what a file says.

    Attributes:
        settings: Of the base, by key.
        base: The experiment that they describe.
        root: Folder with the data's files, if they have to be read for their number of classes.
    """

    settings: Mapping[str, Any]
    base: Experiment
    root: Path | str | None = None

    def read(
        self, named: Mapping[str, Any], axes: Mapping[str, Any]
    ) -> tuple[tuple[Arm, ...], Factors]:
        """The arms of ``[arms]`` or ``[axes]``, and the factors of the latter.

        Raises:
            SettingsError: With everything that is wrong.
        """
        if bool(named) == bool(axes):
            raise UsageError("a study has either [arms] or [axes]; give one of them")
        if len(named) > MOST_ARMS:
            raise UsageError(f"{len(named):,} arms are more than {MOST_ARMS}; compare fewer")
        collector, found = Collector(), list[Arm]()
        for name, edits in named.items():
            with collector.at("arms", name):
                if not isinstance(edits, Mapping):
                    raise UsageError(f"{edits!r} is no table of changes; write {{ epochs = 20 }}")
                self._check_changes(edits)
                found.append(_arm(name, self.edited(edits), edits))
        with collector.at("axes"):
            found += self._combinations(axes)
        collector.check()
        return tuple(found), tuple((axis, tuple(map(text, each))) for axis, each in axes.items())

    def edited(self, edits: Mapping[str, Any]) -> Experiment:
        """The experiment of the base's settings with ``edits`` as options on top."""
        options: Settings = {}
        settings = {**self.settings, **recipe_settings(edits.get(RECIPE))}
        for path, value in edits.items():
            key, _, inner = path.partition(".")
            if path in (SWAP, RECIPE):
                continue
            if key not in KEYS:
                raise unknown("setting", key, (*KEYS, SWAP, RECIPE))
            options[key] = self._option(options.get(key), key, inner, value) if inner else value
        found = built(plan(settings, options), self.root)
        if SWAP in edits:
            found = replace(found, model=swapped(found.model, edits[SWAP]))
        return found

    def _option(self, before: Any, key: str, inner: str, value: object) -> Settings:
        """An option with the argument ``inner`` of what stands at ``key``."""
        if "." in inner:
            raise UsageError(f"{key}.{inner} leads too deep; give {key} as a whole")
        if key in ("model", "data"):
            call = as_call(before or self.settings[key], key)
            return {"name": call.name, **call.arguments, inner: value}
        if before is not None and not isinstance(before, dict):
            raise UsageError(f"{key} is given as a whole already; put {inner} into it")
        base = self.base
        there: Any = base.optimizer.learning_rate if key == "schedule" else getattr(base, key)
        if not isinstance(there, Value):
            raise UsageError(f"the base has no {key} with arguments; give {key} as a whole")
        return {"name": format_name(type(there)), **(before or {}), inner: value}

    def _check_changes(self, edits: Mapping[str, Any]) -> None:
        recipe = {RECIPE: edits[RECIPE]} if RECIPE in edits else {}
        before = self.edited(recipe)
        for path, value in edits.items():
            if path != RECIPE and self.edited({**recipe, path: value}) == before:
                where = "recipe" if recipe else "base"
                raise UsageError(
                    f"{path} = {text(value)} changes nothing; the {where} has that already"
                )

    def _combinations(self, axes: Mapping[str, Any]) -> list[Arm]:
        for axis, levels in axes.items():
            if not isinstance(levels, list) or len(set(map(text, levels))) < max(len(levels), 2):
                raise UsageError(f"axis {axis} needs a list of two or more different levels")
        if (count := prod(map(len, axes.values()))) > MOST_ARMS:
            raise UsageError(f"the axes make {count:,} arms, more than {MOST_ARMS}; take fewer")
        found = []
        for levels in itertools.product(*axes.values()) if axes else ():
            edits = dict(zip(axes, levels, strict=True))
            leaves = {path.rpartition(".")[2]: text(each) for path, each in edits.items()}
            name = ", ".join(f"{leaf}={level}" for leaf, level in leaves.items())
            arm = _arm(name, self.edited(edits), edits)
            found.append(replace(arm, levels=tuple(map(text, levels))))
        return found


def text(value: Any) -> str:
    """A value of TOML as the grammar spells it.

    >>> text(True), text({"name": "sgd", "lr": 0.1}), text([8, 16])
    ('true', 'name: sgd, lr: 0.1', '[8, 16]')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else re.sub(r"[{}'\"]", "", str(value))


def _arm(name: str, experiment: Experiment, edits: Mapping[str, Any]) -> Arm:
    return Arm(name, experiment, tuple((path, text(value)) for path, value in edits.items()))
