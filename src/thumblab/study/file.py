"""A study file: TOML with the keys of experiment files, and what is compared and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thumblab.config import fit, plan, read_file
from thumblab.config.call import arguments
from thumblab.config.problem import Collector, Problem, SettingsError
from thumblab.core.errors import UsageError, unknown
from thumblab.study.arms import RECIPE, ArmReader, Factors, built, recipe_settings
from thumblab.study.search import Search, find_space
from thumblab.study.study import Arm, Question, Seeds, Study

SCHEMA = 1
TABLES = (
    "schema", "title", "base", "arms", "axes", "baseline", "seeds", "question", "search", "profile", "audit",
)  # fmt: skip

CHANGED = ("seeds", "question", "search")
"""Tables that a profile may change in part; its other keys are those of the base."""

Settings = dict[str, Any]


def read_study(
    path: Path | str, *, profile: str | None = None, root: Path | str | None = None
) -> Study:
    """The study that a file describes.

    Args:
        path: A TOML file.
        profile: Which ``[profile.NAME]`` changes it, if any; it is named after that too.
        root: Folder with the data's files, if they have to be read for their number of classes.

    Raises:
        UsageError: With everything that is wrong, a line each, with the file and the line.
    """
    stored = read_file(path)
    settings = dict(stored.settings)
    collector = Collector()
    with collector.at():
        for key in settings:
            if key not in TABLES:
                raise unknown("key", key, TABLES)
    name = Path(path).stem
    with collector.at("profile"):
        settings = _profiled(settings, profile)
    name = name if profile is None else f"{name}-{profile}"
    study = None
    try:
        collector.check()
        study = _Reader(settings, root).study(name, collector)
        collector.check()
    except SettingsError as problems:
        raise UsageError("\n".join(map(stored.locate, problems.found))) from problems
    assert study is not None
    return study


def _profiled(settings: Settings, profile: str | None) -> Settings:
    """The settings, with what the profile changes: keys of the base, or ``seeds.count`` and the like."""
    profiles = settings.pop("profile", {})
    if profile is None:
        return settings
    if profile not in profiles:
        raise unknown("profile", profile, profiles)
    for key, value in profiles[profile].items():
        if key in CHANGED:
            settings[key] = {**settings.get(key, {}), **value}
        else:
            settings["base"] = {**settings.get("base", {}), key: value}
    return settings


@dataclass(frozen=True)
class _Reader:
    """Reads the tables of a study."""

    settings: Settings
    root: Path | str | None

    def study(self, name: str, collector: Collector) -> Study | None:
        settings = self.settings
        with collector.at("schema"):
            if settings.get("schema", SCHEMA) != SCHEMA:
                raise UsageError(
                    f"{settings['schema']!r} is not {SCHEMA}; take that, or a newer thumblab"
                )
        base_settings, base = None, None
        with collector.at("base"):
            base_settings = _base(settings.get("base", {}))
            base = built(plan(base_settings), self.root)
        seeds, question = Seeds(), Question()
        with collector.at("seeds"):
            seeds = Seeds(**arguments(Seeds, "seeds", _table(settings, "seeds"), _fit))
        with collector.at("question"):
            asked = dict(_table(settings, "question"))
            if "axes" in settings:
                asked.setdefault("against", "factors")
            question = Question(**arguments(Question, "question", asked, _fit))
        search = self._search(collector)
        if base is None or base_settings is None:
            return None
        arms: tuple[Arm, ...] = ()
        factors: Factors = ()
        reader = ArmReader(base_settings, base, self.root)
        with collector.at():
            arms, factors = reader.read(_table(settings, "arms"), _table(settings, "axes"))
        collector.check()
        with collector.at():
            return Study(
                base=base,
                arms=arms,
                seeds=seeds,
                question=question,
                baseline=str(settings.get("baseline", "")),
                factors=factors,
                search=search,
                name=name,
                title=str(settings.get("title", "")),
                ignore=tuple(_table(settings.get("audit", {}), "ignore").items()),
            )
        return None

    def _search(self, collector: Collector) -> Search | None:
        given = _table(self.settings, "search")
        if not given:
            return None
        space = []
        for path, text in _table(given, "space").items():
            with collector.at("search", "space", path):
                space.append((path, find_space(text)))
        with collector.at("search"):
            rest = {key: value for key, value in given.items() if key != "space"}
            return Search(
                **(arguments(Search, "search", rest, _fit, taken=1) | {"space": tuple(space)})
            )
        return None


def _base(given: Any) -> Settings:
    """The settings of the base; those of a recipe under them, if it names one."""
    if not isinstance(given, Mapping) or not given:
        raise UsageError("a study needs [base]; give an experiment's keys, or recipe = NAME")
    settings = dict(given)
    return {**recipe_settings(settings.pop(RECIPE, None)), **settings}


def _table(settings: Any, key: str) -> Mapping[str, Any]:
    found = settings.get(key, {}) if isinstance(settings, Mapping) else None
    if not isinstance(found, Mapping):
        raise SettingsError([Problem((key,), f"it is no table; write [{key}]")])
    return found


def _fit(given: object, wanted: Any) -> Any:
    """As for experiments; ``looks`` may be a list or ``"any"``."""
    if given == "any":
        return given
    return tuple(given) if isinstance(given, list) else fit(given, wanted)
