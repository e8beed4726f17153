"""Work that processes share by a folder: each thing is done once, and what one leaves another takes."""

from __future__ import annotations

import os
import re
import shutil
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import ThumblabError
from thumblab.storage import sealed
from thumblab.study.lease import Lease, Leases

POLL_SECONDS = 0.5
LEASES, UNFINISHED = ".leases", ".unfinished"
"""Folders beside the results: who computes what, and what is not done yet."""
PART = ".part"
"""A copy that is being made."""


def claims(
    names: Sequence[str],
    runs: Path,
    *,
    leases: Leases | None = None,
    first: int = 0,
    wait: bool = True,
    should_stop: Callable[[], bool] = bool,
) -> Iterator[Lease]:
    """Leases of what is not done, one after another, until everything is done or has failed.

    The caller computes what a lease is for, publishes it, and asks for the next. What other processes
    compute is waited for, since they may end.

    Args:
        names: What is to be done, in order; a thing is done once ``runs/<name>/result.json`` is there.
        runs: Folder of the results.
        leases: Those of the folder, unless given.
        first: Where in ``names`` to look first, so that processes begin with different things.
        wait: Whether what others compute is waited for.
        should_stop: Asked before every claim; once it is true, there are no more.
    """
    leases = leases or Leases(runs / LEASES)
    order = [*names[first % max(len(names), 1) :], *names[: first % max(len(names), 1)]]
    pending = dict.fromkeys(order)
    while pending and not should_stop():
        claimed = False
        for name in list(pending):
            if is_done(runs, name) or leases.failure(name) is not None:
                del pending[name]
                continue
            lease = leases.claim(name)
            if lease is None:
                continue
            with lease:
                claimed = True
                if not is_done(runs, name):  # published between the look and the claim
                    yield lease
                else:
                    lease.finish()
            break
        if not claimed and pending:
            if not wait:
                return
            time.sleep(POLL_SECONDS)


def is_done(runs: Path, name: str) -> bool:
    """Whether a result of that name has been published."""
    return (runs / name / "result.json").exists()


def workplace(runs: Path, lease: Lease) -> Path:
    """A folder of this attempt's own, with what the attempt before it had saved.

    A process that stands still may go on writing where it was; so its files are copied, never shared.
    What is left of processes that have ended is removed.
    """
    unfinished = runs / UNFINISHED
    folder = unfinished / f"{lease.name}.{lease.attempt}.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before = sorted(unfinished.glob(f"{lease.name}.*/{lease.name}"), key=_progress)
    if (runs / lease.name).is_dir():  # begun by a training outside of any study
        before.append(runs / lease.name)
    for found in reversed(before):
        try:
            shutil.copytree(found, folder / PART, ignore=shutil.ignore_patterns(".*"))
            (folder / PART).rename(folder / lease.name)  # whole, or not there
        except OSError:  # its owner writes there at this very moment
            shutil.rmtree(folder / PART, ignore_errors=True)
            continue
        break
    spared = {str(attempt) for attempt in lease.others}
    for left in unfinished.glob(f"{lease.name}.*"):
        if left != folder and left.name.split(".")[1] not in spared:
            shutil.rmtree(left, ignore_errors=True)
    return folder


def publish(runs: Path, lease: Lease, folder: Path) -> None:
    """Moves the result in ``folder`` among the results, in one step, if the lease still stands.

    Raises:
        LeaseLostError: If another process has taken over.
    """
    if not lease.held:
        shutil.rmtree(
            folder, ignore_errors=True
        )  # which it may have written when it was removed already
    lease.check()
    put(runs, lease.name, folder / lease.name)
    lease.finish()


def put(runs: Path, name: str, ours: Path) -> None:
    """Moves a finished run among the results, in one step, and removes what is left of it elsewhere.

    Where a result of that name is there already, ours is dropped, with a warning if it says something else.
    """
    there, unfinished = runs / name, runs / UNFINISHED
    if there.is_dir() and not is_done(runs, name):  # what it had saved was taken over
        aside = unfinished / f"{name}.aside.{os.getpid()}"
        unfinished.mkdir(exist_ok=True)
        with suppress(OSError):
            there.rename(aside)
        if (aside / "result.json").exists():  # another process has been faster, just then
            with suppress(OSError):
                aside.rename(there)
    try:
        ours.rename(there)
    except OSError:
        if not is_done(runs, name):
            raise
        if (difference := differing(ours, there)) is not None:
            warnings.warn(
                f"a second result of {name} differs from the first in {difference} and is dropped; "
                "two machines, or numbers of threads, round differently",
                stacklevel=3,
            )
    for left in unfinished.glob(f"{name}.*"):
        shutil.rmtree(left, ignore_errors=True)


def tidy(runs: Path, names: Collection[str]) -> None:
    """Removes what is left of things that are done, by processes that were killed just then."""
    for folder in (runs / UNFINISHED, runs / LEASES):
        for path in folder.glob("*"):
            if path.name.partition(".")[0] in names and is_done(runs, path.name.partition(".")[0]):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with suppress(OSError):  # Windows: one that is open
                        path.unlink()


def published(message: str) -> str:
    """A message that names an unfinished folder, with the place where the result will be.

    >>> published("runs/.unfinished/0123456789ab.1.77/0123456789ab has diverged")
    'runs/0123456789ab has diverged'
    """
    return re.sub(rf"{re.escape(UNFINISHED)}[/\\\\][^/\\\\]+[/\\\\]", "", message)


def differing(one: Path, other: Path) -> str | None:
    """The digest in which two results differ, or None if they are the same."""
    sides = [sealed.read(folder / "result.json") for folder in (one, other)]
    for name in ("status", "weights_sha256", "predictions_sha256"):
        if sides[0].get(name) != sides[1].get(name):
            return name
    return None


def _progress(folder: Path) -> tuple[int, float]:
    """How far an unfinished run has come."""
    try:
        epochs = (folder / "metrics.jsonl").read_bytes().count(b"\n")
    except OSError:
        epochs = 0
    steps = [
        int(path.stem) for path in folder.glob("checkpoints/*.safetensors") if path.stem.isdecimal()
    ]
    return epochs, max(steps, default=0)


def why(error: BaseException) -> str:
    """An error in words, for a cell that has failed."""
    ours = isinstance(error, ThumblabError)
    return published(str(error) if ours else f"{type(error).__name__}: {error}")
