"""What people call a run, and how a run is found by that: by a name, by its beginning, or as the last.

The name and the note of a run lie in ``name.json`` in its folder. They say nothing of what was trained, so
they are no part of the run's key.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

from thumblab.core.errors import RunError, UsageError
from thumblab.runs import records
from thumblab.runs.run import Run, find_runs
from thumblab.storage import sealed

FILE = "name.json"
LAST = "@last"
"""Stands for the run that was begun last."""

LONGEST_NOTE = 10_000
MOST = 10
"""Candidates that a message names."""

_NAME = re.compile(r"[^\W_][\w.+=,-]{0,99}")


@dataclass(frozen=True)
class Naming:
    """What people say of a run.

    Attributes:
        name: A short name; letters, digits and ``_ . + = , -``, or empty for none.
        note: Any text.
    """

    name: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.name and not _NAME.fullmatch(self.name):
            raise UsageError(
                f"{self.name!r} is no name for a run; take up to 100 letters, digits and _ . + = , -"
            )
        if len(self.note) > LONGEST_NOTE:
            raise UsageError(f"a note has at most {LONGEST_NOTE:,} letters; put more into a file")


def name_run(folder: Path, naming: Naming) -> None:
    """Stores what is given of ``naming`` with a run; what is empty stays as it was."""
    if naming != Naming():
        try:
            before = read_naming(folder)
        except RunError:  # damaged: written anew
            before = Naming()
        found = Naming(naming.name or before.name, naming.note or before.note)
        sealed.write(folder / FILE, asdict(found))


def read_naming(folder: Path) -> Naming:
    """The name and the note of a run.

    Raises:
        RunError: If they are damaged.
    """
    path = folder / FILE
    if not path.exists():
        return Naming()
    found = {k: v for k, v in sealed.read(path, required=True).items() if k != sealed.SEAL}
    records.check(str(path), found, {"name": str, "note": str}, {})
    try:
        return Naming(**found)
    except (TypeError, UsageError) as error:
        raise RunError(f"{path} is damaged ({error}); delete it") from error


def find_run(given: Path, runs: Path) -> Path:
    """The run folder that ``given`` means: a path; or in ``runs``, a name, a beginning, or ``@last``.

    Where ``given`` has a folder before it, that is looked in instead. What is found nowhere is returned as
    it was given.

    Raises:
        UsageError: If it means several runs, or ``@last`` none.
    """
    if given.name != LAST and (given.exists() or not given.name):
        return given
    folder = runs if given.parent == Path() else given.parent
    found = find_runs(folder)
    if given.name == LAST:
        if not found:
            raise UsageError(f"there is no run in {folder}; train one, or name a run folder")
        return found[-1].folder
    called = [run for run in found if _name(run) == given.name]
    begun = called or [run for run in found if run.folder.name.startswith(given.name)]
    if len(begun) > 1:
        each = [run.folder.name + (f" ({_name(run)})" if _name(run) else "") for run in begun]
        more = f" and {len(each) - MOST} more" if len(each) > MOST else ""
        raise UsageError(
            f"{given} may be {len(each)} runs, {', '.join(each[:MOST])}{more}; give more of its name"
        )
    return begun[0].folder if begun else given


def _name(run: Run) -> str:
    """The name of a run; none if it is damaged."""
    try:
        return read_naming(run.folder).name
    except RunError:
        return ""
