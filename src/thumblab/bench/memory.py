"""The memory of a process and its children, each page that they share counted once.

The proportional set size that Linux tells divides every page by the number of processes that map it, so
that its sum over processes is what they really take.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 0.02


def descendants(pid: int) -> list[int]:
    """The processes that ``pid`` has started, and those that they have, itself left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = entry.read_text().rpartition(")")[2].split()  # the name may hold anything
        except OSError:
            continue  # it has ended
        parents[int(entry.parent.name)] = int(values[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def proportional_mb(pid: int) -> float | None:
    """Proportional set size of ``pid`` and its descendants, in MiB; None where it is not known."""
    sizes = [_kib(each) for each in (pid, *descendants(pid))]
    values = [size for size in sizes if size is not None]
    return sum(values) / 1024 if values else None


def _kib(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)


def peak_mb(pid: int, work: Callable[[], object]) -> float | None:
    """The largest ``proportional_mb`` while ``work`` runs, looked at every 20 ms."""
    seen: list[float] = []
    done = threading.Event()

    def look() -> None:
        while True:
            size = proportional_mb(pid)
            if size is None:
                return
            seen.append(size)
            if done.wait(SECONDS_BETWEEN_SAMPLES):
                return

    looker = threading.Thread(target=look)
    looker.start()
    try:
        work()
    finally:
        done.set()
        looker.join()
    return max(seen) if seen else None
