"""What the shell offers when TAB is pressed: runs, models, recipes, data sets, and all that has a name.

Each completer gets the context of cyclopts and returns candidates with their descriptions; the shell keeps
those that begin as what has been typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from cyclopts import Parameter

from thumblab.cli.docstrings import docstring, first_line

if TYPE_CHECKING:
    from thumblab.runs import Run

Candidates = dict[str, str]
"""Descriptions by what may be typed."""


class Typing(Protocol):
    """The part of cyclopts' ``CompletionContext`` that is used."""

    @property
    def incomplete(self) -> str:
        """What has been typed of the word."""
        ...


def runs(context: Typing) -> Candidates:
    """Names of runs, ``@last`` and run folders; below the folder that has been typed, if any."""
    from thumblab.cli.places import runs_folder
    from thumblab.runs import find_runs
    from thumblab.runs.naming import LAST

    typed, slash, _ = context.incomplete.rpartition("/")
    before = f"{typed}{slash}"
    found = find_runs(Path(before)) if slash else find_runs(runs_folder())
    named = {f"{before}{name}": about for run in found for name, about in _named(run)}
    last = {f"{before}{LAST}": "the run that was started last"} if found else {}
    folders = {f"{before}{run.folder.name}" if slash else str(run.folder): "" for run in found}
    paths = _paths(context.incomplete)
    others = {path: about for path, about in paths.items() if path.rstrip("/") not in folders}
    return named | last | folders | others


def models(context: Typing) -> Candidates:
    """Models of the zoo."""
    return _entries("models")


def experiments(context: Typing) -> Candidates:
    """Models, recipes and experiment files."""
    from thumblab.config.recipes import ENDING

    return _recipes() | _entries("models") | _paths(context.incomplete, ENDING)


def sources(context: Typing) -> Candidates:
    """Data sets, and folders and files of pictures."""
    return _entries("data") | _paths(context.incomplete)


def kinds(context: Typing) -> Candidates:
    """The kinds of which ``thumblab list`` lists the names."""
    from thumblab.config import catalog

    return dict.fromkeys(catalog.all_kinds(), "")


def names(context: Typing) -> Candidates:
    """Everything that ``thumblab explain`` explains."""
    from thumblab.config import catalog

    every = {name: about for kind in catalog.kinds() for name, about in _entries(kind).items()}
    return every | _recipes()


def of_kind(kind: str) -> Callable[[Typing], Candidates]:
    """The completer for names of one kind; behind ``+``, for the next of several."""

    def completer(context: Typing) -> Candidates:
        typed, plus, _ = context.incomplete.rpartition("+")
        return {f"{typed}{plus}{name}": about for name, about in _entries(kind).items()}

    return completer


RUN = Parameter(completer=runs)
MODEL = Parameter(completer=models)
EXPERIMENT = Parameter(completer=experiments)
SOURCE = Parameter(completer=sources)

RunPath = Annotated[Path, RUN]
"""A run: its folder, its name, a beginning of either, or ``@last``."""


def _named(run: Run) -> Iterator[tuple[str, str]]:
    """The name that a run was given, if any, with its folder and note."""
    from thumblab.core.errors import RunError
    from thumblab.runs.naming import read_naming

    try:
        naming = read_naming(run.folder)
    except RunError:
        return
    if naming.name:
        yield naming.name, f"{run.folder} {naming.note}".strip()


def _recipes() -> Candidates:
    from thumblab.config import recipes

    return {
        f"{recipes.PREFIX}{name}": first_line(recipes.read_recipe(name).about)
        for name in recipes.names()
    }


def _entries(kind: str) -> Candidates:
    from thumblab.config import catalog

    return {
        each.name: first_line(docstring(each.target)).replace("``", "")
        for each in catalog.entries(kind)
    }


def _paths(typed: str, ending: str = "") -> Candidates:
    """Folders, and files with that ending, that begin as ``typed``; what is hidden is left out."""
    folder, slash, begun = typed.rpartition("/")
    at = Path(f"{folder}{slash}" or ".").expanduser()
    try:
        found = sorted(at.iterdir())
    except OSError:
        return {}
    return {
        f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}": ""
        for path in found
        if path.name.startswith(begun)
        and (path.is_dir() or path.name.endswith(ending))
        and (begun or not path.name.startswith("."))
    }
