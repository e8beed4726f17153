"""What is known of the runs of a study that are done, in ``studies/NAME/study.sqlite``.

The run folders are what counts. The index spares ``status`` from reading each of them: a row holds as long
as its ``result.json`` has the time and the size that it had. It is asked for no permission, it may be
deleted at any time, and where it cannot be read or written the folders are read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

FILE = "study.sqlite"
WAIT_SECONDS = 2.0

Stamp = tuple[int, int]
"""Nanoseconds of the last change, and bytes."""


def stamp_of(run: Path) -> Stamp | None:
    """The stamp of a run's result, or None if it has none."""
    try:
        found = (run / "result.json").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_index(folder: Path) -> dict[str, tuple[Stamp, dict[str, Any]]]:
    """What is known of each run, by the name of its folder, with the stamp of the result it was read from.

    Args:
        folder: Of the study's records.
    """
    if not (folder / FILE).exists():
        return {}
    with suppress(sqlite3.Error, ValueError, OSError), _opened(folder) as connection:
        rows = connection.execute("SELECT name, changed, bytes, about FROM runs").fetchall()
        return {name: ((changed, size), json.loads(about)) for name, changed, size, about in rows}
    return {}


def write_index(folder: Path, rows: Mapping[str, tuple[Stamp, dict[str, Any]]]) -> None:
    """Adds what is known of some runs, in one transaction."""
    if not rows:
        return
    values = [(name, *stamp, json.dumps(about)) for name, (stamp, about) in rows.items()]
    with suppress(sqlite3.Error, OSError), _opened(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", values)
        connection.execute("COMMIT")


def remove_index(folder: Path) -> None:
    """Deletes the index, from which nothing is lost."""
    for ending in ("", "-wal", "-shm"):
        (folder / f"{FILE}{ending}").unlink(missing_ok=True)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(folder / FILE, timeout=WAIT_SECONDS, isolation_level=None)
    with closing(made) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS runs "
            "(name TEXT PRIMARY KEY, changed INTEGER, bytes INTEGER, about TEXT)"
        )
        yield connection
