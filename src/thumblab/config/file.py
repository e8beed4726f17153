"""An experiment file: TOML with the keys of the command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from thumblab.config.problem import Problem
from thumblab.config.recipes import open_recipe, recipe_name
from thumblab.core.errors import UsageError

LARGEST_BYTES = 1_000_000
"""A longer file is not read."""


@dataclass(frozen=True)
class SettingsFile:
    """What a file says, and where.

    Attributes:
        path: The file.
        settings: Its values by key.
        lines: The line that each key stands in, by its dotted path.
    """

    path: Path
    settings: Mapping[str, Any]
    lines: Mapping[str, int]

    def locate(self, problem: Problem) -> str:
        """A problem as ``file:line: key: message``."""
        paths = (".".join(problem.path[:depth]) for depth in range(len(problem.path), 0, -1))
        line = next((f":{self.lines[path]}" for path in paths if path in self.lines), "")
        return ": ".join(
            filter(None, (f"{self.path}{line}", ".".join(problem.path), problem.message))
        )


def read_file(path: Path | str) -> SettingsFile:
    """The experiment file at ``path``, or the recipe that ``recipe:NAME`` names.

    Raises:
        UsageError: If there is no such recipe, or the file cannot be read, is too long, or is no TOML.
    """
    path = Path(path)
    try:
        with _opened(path) as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise UsageError(
                f"{path} is too long; an experiment file has {LARGEST_BYTES:,} bytes at most"
            )
        text = data.decode()
        return SettingsFile(path, tomllib.loads(text), _lines(text))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); name an experiment file"
        ) from error
    except (ValueError, RecursionError) as error:  # of its letters, its TOML or a number's length
        raise UsageError(f"{path} is no TOML ({error}); mend it") from error


def _opened(path: Path) -> IO[bytes]:
    name = recipe_name(path)
    return path.open("rb") if name is None else open_recipe(name)


def _lines(text: str) -> dict[str, int]:
    """The line of each key and each table, by its dotted path."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = _path(match[1])
            for depth in range(table.count(".") + 1):
                found.setdefault(".".join(table.split(".")[: depth + 1]), number)
            table += "."
        elif match := _KEY.match(line):
            path = table + _path(match[1])
            found.setdefault(path, number)
            found.setdefault(path.split(".")[0], number)
    return found


def _path(text: str) -> str:
    """A key of TOML without its quotes and the spaces around its dots."""
    return ".".join(part.strip() for part in text.replace('"', "").replace("'", "").split("."))


_TABLE = re.compile(r"\s*\[\[?([^\[\]]+)\]")
_KEY = re.compile(
    r"""\s*((?:[\w.-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
