"""What ``thumblab.toml`` says: folders of runs and of data, and defaults of options.

    runs = "runs"        # folders count from that of the file
    data = "~/data"      # searched for data sets, as $THUMBLAB_DATA is

    [train]              # a table a verb
    workers = 2

What identifies an experiment stands in experiment files alone: where a command is typed must not change
what is trained.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thumblab.config.experiment import KEYS
from thumblab.config.file import read_file
from thumblab.core.annotations import shown
from thumblab.core.errors import UsageError, unknown

FOLDERS = ("runs", "data")

Verbs = Mapping[str, Mapping[str, bool]]
"""By verb, its options, each with whether it is a path."""


@dataclass(frozen=True)
class Project:
    """What a project file says.

    Attributes:
        folders: ``runs`` and ``data``, as far as they are given.
        options: Defaults by verb and option.
    """

    folders: Mapping[str, Path]
    options: Mapping[str, Mapping[str, Any]]


def read_project(path: Path, verbs: Verbs) -> Project:
    """The project file at ``path``.

    Raises:
        UsageError: If it is no TOML, or says what cannot be set: a line for each.
    """
    settings, lines, problems = read_file(path).settings, _lines(path), []
    folders: dict[str, Path] = {}
    options: dict[str, dict[str, Any]] = {}

    def fail(key: tuple[str, ...], why: object) -> None:
        line = f":{lines[key]}" if key in lines else ""
        problems.append(f"{path}{line}: {'.'.join(key)}: {why}")

    for key, value in settings.items():
        if key in FOLDERS:
            if isinstance(value, str) and value:
                folders[key] = _beside(path, value)
            else:
                fail((key,), f"{shown(value)} is no folder; give its path as a text")
        elif key not in verbs:
            fail((key,), unknown("key", key, (*FOLDERS, *verbs)))
        elif not isinstance(value, Mapping):
            fail((key,), f"{shown(value)} is no table; write [{key}] and its options below")
        else:
            options[key] = {}
            for option, default in value.items():
                try:
                    options[key][option] = _option(path, key, option, default, verbs[key])
                except UsageError as error:
                    fail((key, option), error)
    if problems:
        raise UsageError("\n".join(problems))
    return Project(folders, options)


def _option(path: Path, verb: str, name: str, value: Any, known: Mapping[str, bool]) -> Any:
    if name not in known:
        raise unknown(f"option of {verb}", name, known)
    if name in KEYS and verb in ("train", "estimate", "lr-range-test"):
        raise UsageError("is a setting of the experiment; write it into an experiment file")
    return str(_beside(path, value)) if known[name] and isinstance(value, str) else value


def _beside(path: Path, given: str) -> Path:
    """A path that counts from the folder of the project file."""
    return path.parent / Path(given).expanduser()


def _lines(path: Path) -> dict[tuple[str, ...], int]:
    """The line of each key, by the tables that it stands in."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if header := re.match(r"\s*\[([\w.-]+)\]", line):
            table = tuple(header[1].split("."))
            found.setdefault(table, number)
        elif key := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line):
            found.setdefault((*table, key[1]), number)
    return found
