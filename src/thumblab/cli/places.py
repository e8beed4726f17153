"""Where the command that runs looks for runs, and which run a short name means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from cyclopts import Parameter

_runs: ContextVar[Path] = ContextVar("runs", default=Path("runs"))

RUNS = Parameter(show_default=lambda _: str(runs_folder()))
"""Of an option that is ``runs_folder()`` unless given."""


def runs_folder() -> Path:
    """The folder of run folders."""
    return _runs.get()


@contextmanager
def runs_at(folder: Path | None) -> Iterator[None]:
    """While this is open, ``folder`` is the folder of run folders, if it is one."""
    before = _runs.set(folder or runs_folder())
    try:
        yield
    finally:
        _runs.reset(before)


def run_folder(given: Path) -> Path:
    """The run folder that ``given`` means: its path or name, a beginning of that, or ``@last``."""
    from thumblab.cli.output import detail
    from thumblab.runs.naming import find_run

    found = find_run(given, runs_folder())
    if found != given:
        detail(f"{given} is {found}")
    return found
