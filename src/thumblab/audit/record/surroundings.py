"""Whether the record of a run tells all that it was made with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from thumblab.audit.formatting import some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.errors import RunError
from thumblab.core.source_text import find_module
from thumblab.runs import Run
from thumblab.runs.environment import deciding

PATIENCE = 10.0
"""Seconds that git has for an answer."""


@rule(
    code="R01",
    severity="note",
    title="Other threads, kernels or machine",
    trigger="A run was resumed with other threads, kernels, versions or on another machine than it was "
    "begun with; or the runs of the arms differ in these.",
    why="Bits repeat only where these are equal; differences of rounding grow into other networks, as "
    "other seeds do.",
    remedy="Nothing, unless bits have to repeat: then train again on one machine with --workers fixed.",
    source="Pham et al. 2020, doi:10.1145/3324884.3416545 (variance of implementation).",
)
def other_surroundings(subject: Subject) -> Iterator[Observation]:
    """Sessions of each run, and all runs beside each other."""
    each_now: dict[str, Mapping[str, Any]] = {}
    for each in subject.runs:
        values = _environment(each.run)
        each_now[each.name] = now = deciding(values)
        for before in values.get("earlier", []):
            other = [name for name in now if name in before and before[name] != now[name]]
            if other:
                yield Observation(
                    each.name,
                    f"it was resumed with other {some(other)}",
                    {name: [before[name], now[name]] for name in other},
                )
    names = {name for values in each_now.values() for name in values}
    values_of = {
        name: sorted({str(values[name]) for values in each_now.values() if name in values})
        for name in sorted(names)
    }
    differing = {name: values for name, values in values_of.items() if len(values) > 1}
    if differing:
        yield Observation(
            "study" if subject.is_compared else subject.runs[0].arm,
            f"the runs differ in {some(list(differing))}",
            differing,
        )


def _environment(run: Run) -> Mapping[str, Any]:
    try:
        return run.environment or {}
    except RunError:
        return {}


@rule(
    code="R02",
    severity="warning",
    title="Code that is not kept elsewhere",
    trigger="A module of the user's is no longer what the run was trained with, or what it was trained "
    "with is not what git has of it.",
    why="Who reads the code beside the results reads another one than was run; the run folder alone "
    "has it.",
    remedy="Commit the module before training, or train again with what it says today.",
    source="Pineau et al. 2021, arXiv:2003.12206; NeurIPS paper checklist, items 4 and 5.",
)
def other_code(subject: Subject) -> Iterator[Observation]:
    """Each module that is stored with a run, beside its file."""
    seen: set[tuple[str, str]] = set()
    for each in subject.runs:
        for module, digest in each.run.sources.items():
            if (module, digest) in seen:
                continue
            seen.add((module, digest))
            what = _differs(module, digest)
            if what is not None:
                yield Observation(
                    each.name, f"{module} {what}", {"module": module, "sha256": digest}
                )


def _differs(module: str, digest: str) -> str | None:
    """What is wrong with the file of a module; None also where it is not here."""
    spec = find_module(module)
    path = Path(str(spec.origin)) if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        return None
    if _digest(path.read_bytes()) != digest:
        return "is no longer what the run was trained with"
    git = shutil.which("git")
    committed = None if git is None else _committed(git, path)
    if committed is not None and _digest(committed) != digest:
        return "is not committed as the run was trained with it"
    return None


def _digest(text: bytes) -> str:
    return sha256(text.replace(b"\r\n", b"\n")).hexdigest()


def _committed(git: str, path: Path) -> bytes | None:
    """The file as the last commit has it, empty if that does not have it; None outside of repositories."""

    def ask(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [git, "-C", str(path.parent), *arguments],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    try:
        if ask("rev-parse", "--is-inside-work-tree").returncode:
            return None
        found = ask("show", f"HEAD:./{path.name}")
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout if found.returncode == 0 else b""
