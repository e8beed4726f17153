"""The project file ``thumblab.toml``: found above the current folder, and in force while a command runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.cli.output import detail
from thumblab.cli.places import runs_at

if TYPE_CHECKING:
    from cyclopts import App

NAME = "thumblab.toml"
DATA = "THUMBLAB_DATA"


def find_project(start: Path) -> Path | None:
    """The nearest project file, up to the home folder or that of a repository.

    Outside of both, the folder ``start`` alone is looked in: what lies above may be another user's.
    """
    home = None
    with suppress(RuntimeError):
        home = Path.home()
    above = [start, *start.parents]
    ends = [place for place, at in enumerate(above) if at == home or (at / ".git").exists()]
    files = (folder / NAME for folder in above[: min(ends, default=0) + 1])
    return next((path for path in files if path.is_file()), None)


@contextmanager
def in_project(app: App, tokens: Sequence[str]) -> Iterator[None]:
    """While this is open, what the project file says holds for ``app``; options and $THUMBLAB_DATA win.

    Raises:
        UsageError: If the file cannot be understood.
    """
    path = None
    with suppress(OSError):  # the current folder has gone; what needs it says so
        path = find_project(Path.cwd())
    helped = not tokens or tokens[0].startswith("-") or {"--help", "-h"} & set(tokens)
    if path is None or helped:
        yield
        return
    from cyclopts.config import Dict

    from thumblab.config.project import read_project

    with suppress(ValueError):  # on another drive
        path = Path(os.path.relpath(path))
    verbs = [verb for verb in app if verb[0] != "-" and app[verb].default_command is not None]
    found = read_project(path, {verb: _options(app, verb) for verb in verbs})
    detail(f"settings of {path}")
    app.config = (Dict(data=dict(found.options), source=str(path)),)
    before = os.environ.get(DATA)
    if before is None and "data" in found.folders:
        os.environ[DATA] = str(found.folders["data"])
    try:
        with runs_at(found.folders.get("runs")):
            yield
    finally:
        if before is None:
            os.environ.pop(DATA, None)


def _options(app: App, verb: str) -> dict[str, bool]:
    """The options of a verb as a project file spells them, each with whether it is a path."""
    return {
        name[2:].replace("-", "_"): "Path" in str(each.hint)
        for each in app[verb].assemble_argument_collection()
        for name in each.names[:1]
        if name.startswith("--")
    }
