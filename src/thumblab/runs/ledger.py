"""How often a test set has been evaluated on, by whichever run of a runs folder.

``test-evaluations.jsonl`` in the runs folder has a sealed line for each evaluation; each run's own
``evaluations.jsonl`` has it too. A count puts both together, so that neither a cut ledger nor a run
folder that is gone makes evaluations undone. A test set is known by the digest of its images and labels; runs
of earlier versions, which did not store it, by that of their data.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from thumblab.core.errors import RunError
from thumblab.runs.run import Run, find_runs
from thumblab.storage import sealed

NAME = "test-evaluations.jsonl"
Entry = dict[str, Any]
"""Of the ledger: ``id``, ``when``, ``run``, and what names the test set: ``test``, ``data``, ``name``."""


def new_id() -> str:
    """What names an evaluation."""
    return os.urandom(8).hex()


def number(run: Run, evaluation: str) -> int:
    """Which evaluation of its test set the one with this id is, over all runs beside ``run``; from 1.

    It has to be in the run's ``evaluations.jsonl``; the ledger gets it, and what else it lacks.
    """
    entries = _complete(run.folder.parent, evaluation)
    own = next(entry for entry in entries if entry["id"] == evaluation)
    alike = _of_same_test_set(_keys(own), entries)
    return 1 + [entry["id"] for entry in alike].index(evaluation)


def count(run: Run) -> int:
    """How many evaluations of the run's own test set there are, over all runs beside it."""
    return len(evaluations(run))


def evaluations(run: Run) -> list[Entry]:
    """The evaluations of the run's own test set, over all runs beside it: ``when``, and which ``run``."""
    values = {"test": (run.result or {}).get("test_fingerprint"), "data": run.about["fingerprint"]}
    found = _together(run.folder.parent)[0]
    return _of_same_test_set(_keys(values), found)


def _keys(entry: Entry) -> set[tuple[str, str]]:
    """All that names an entry's test set."""
    return {(name, entry[name]) for name in ("test", "data", "name") if entry.get(name)}


def _of_same_test_set(keys: set[tuple[str, str]], entries: list[Entry]) -> list[Entry]:
    """The entries that share a key, or share one with an entry that does."""
    known = set(keys)
    while True:
        found = [entry for entry in entries if _keys(entry) & known]
        wider = known.union(*map(_keys, found))
        if wider == known:
            return found
        known = wider


def _together(runs: Path) -> tuple[list[Entry], list[Entry]]:
    """All entries, those of the ledger first; and those that the ledger lacks."""
    there = {entry["id"]: entry for entry in _read(runs / NAME)}
    missing: dict[str, Entry] = {}
    for run in find_runs(runs):
        for entry in _of_run(run):
            if entry["id"] not in there:
                missing.setdefault(entry["id"], entry)
    new = sorted(missing.values(), key=lambda entry: str(entry["when"]))
    return [*there.values(), *new], new


def _complete(runs: Path, latest: str) -> list[Entry]:
    """All entries, once the ledger has them; the one called ``latest`` comes after what it lacks."""
    entries, new = _together(runs)
    new.sort(key=lambda entry: entry["id"] == latest)
    if not new:
        return entries
    try:
        _append(runs / NAME, new)
    except OSError as error:
        warnings.warn(
            f"{runs / NAME} cannot be written ({error.strerror}); evaluations are counted from the "
            "run folders alone",
            stacklevel=2,
        )
        return entries
    return _together(runs)[0]  # others may have written before us


def _append(path: Path, entries: list[Entry]) -> None:
    """Adds lines in one write, which no other process can part; a torn last line stays a line."""
    text = "".join(sealed.line(entry) + "\n" for entry in entries)
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            text = text if file.read(1) == b"\n" else f"\n{text}"
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> Iterator[Entry]:
    """The whole lines of the ledger; the run folders have what a damaged one has lost."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        warnings.warn(f"{path} cannot be read ({error.strerror}); it is left out", stacklevel=2)
        return
    damaged = 0
    for line in content.splitlines():
        found: Any = None
        with suppress(ValueError, RecursionError):
            found = json.loads(line)
        if isinstance(found, dict) and isinstance(found.get("id"), str) and _is_whole(found):
            yield found
        elif line.strip():
            damaged += 1
    if damaged:
        warnings.warn(
            f"{damaged} lines of {path} are damaged; what they said is counted from the run folders",
            stacklevel=2,
        )


def _is_whole(entry: Entry) -> bool:
    rest = {name: value for name, value in entry.items() if name != sealed.SEAL}
    return entry.get(sealed.SEAL) == sealed.seal(rest)


def _of_run(run: Run) -> list[Entry]:
    """The evaluations that a run has noted; of a run that cannot be read, none."""
    try:
        lines, about, result = run.evaluations, run.about, run.result or {}
        return [
            _entry(run, place, line, about["fingerprint"], result.get("test_fingerprint"))
            for place, line in enumerate(lines, 1)
        ]
    except (RunError, KeyError, TypeError, AttributeError):
        return []


def _entry(run: Run, place: int, line: Entry, data: str, test: str | None) -> Entry:
    own = line["data"] == "own"
    return {
        "id": line.get("id") or f"{run.folder.name}-{place}",  # earlier versions gave none
        "when": line.get("when"),
        "run": run.folder.name,
        "test": line.get("test") or (test if own else None),
        "data": data if own else line.get("fingerprint"),
        "name": None if own else line["data"],
    }
