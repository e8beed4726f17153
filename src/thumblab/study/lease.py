"""Who computes a cell: a lease that one process holds, and that another takes over once it stands still.

``<name>.<attempt>`` in the folder of leases is made by ``O_EXCL``, which one process of all succeeds in;
the lease with the highest attempt counts. Its holder locks the file and changes what it says every few
seconds. A lease is abandoned once its lock is free on the same machine, or once it has not changed for a
while by the clock of the one who waits; no two clocks are compared. The next attempt is then made in the
same way, and the earlier holder finds its own lease overtaken when it looks, which it does before
it publishes anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from thumblab.core.errors import ThumblabError, UsageError

BEAT_SECONDS = 2.0
GRACE_SECONDS = 30.0
"""How long a lease may stand still before it is taken over."""

FAILED = "failed"


class LeaseLostError(ThumblabError):
    """Another process has taken over what this one computes; nothing of it is published."""

    exit_code = 75


class Lease:
    """A cell that this process computes; a context manager that gives it back.

    Attributes:
        name: Of the cell.
        attempt: How many have held it so far, this one included.
    """

    def __init__(self, path: Path, descriptor: int, holder: str) -> None:
        self.name, _, number = path.name.rpartition(".")
        self.attempt = int(number)
        self._path, self._descriptor, self._holder = path, descriptor, holder
        self._place = _place(os.fstat(descriptor))
        self._over = threading.Event()
        self._beats = 0
        self._write()
        self._thread = threading.Thread(target=self._beat, name=f"lease {path.name}", daemon=True)
        self._thread.start()

    @property
    def held(self) -> bool:
        """Whether it still is ours: its file stands, and no later attempt does."""
        try:
            same = _place(self._path.stat()) == self._place
        except FileNotFoundError:
            return False
        return same and max(_attempts(self._path.parent, self.name)) == self.attempt

    def check(self) -> None:
        """Raises ``LeaseLostError`` if it is no longer ours."""
        if not self.held:
            raise LeaseLostError(
                f"the lease of {self.name} was taken over while this process stood still; its result is "
                "dropped, for another process computes it"
            )

    def finish(self) -> None:
        """Removes all leases of the cell, once its result is published."""
        for attempt in _attempts(self._path.parent, self.name):
            self._path.with_name(f"{self.name}.{attempt}").unlink(missing_ok=True)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        with contextlib.suppress(FileNotFoundError):
            if _place(self._path.stat()) == self._place:
                self._path.unlink()
        os.close(self._descriptor)

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        self._beats += 1
        about = {"holder": self._holder, "attempt": self.attempt, "beats": self._beats}
        with contextlib.suppress(OSError):  # a full disk: it stands still, and is taken over
            os.pwrite(self._descriptor, f"{json.dumps(about):<200}\n".encode(), 0)


class Leases:
    """The leases of a folder, as one process sees them."""

    def __init__(self, folder: Path, *, grace: float = GRACE_SECONDS) -> None:
        self._folder, self._grace = folder, grace
        self._host = platform.node()
        self._seen: dict[str, tuple[bytes, float]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be made ({error.strerror}); choose another folder for runs",
                remedies=("runs",),
            ) from error

    def claim(self, name: str) -> Lease | None:
        """The lease of ``name``, or None if another process has it or the cell has failed."""
        if (self._folder / f"{name}.{FAILED}").exists():
            return None
        taken = _attempts(self._folder, name)
        if taken and not self._abandoned(self._folder / f"{name}.{max(taken)}"):
            return None
        path = self._folder / f"{name}.{max(taken, default=0) + 1}"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        except FileExistsError:
            return None
        _lock(descriptor)
        return Lease(path, descriptor, f"{self._host}:{os.getpid()}")

    def holder(self, name: str) -> str | None:
        """Who has the lease of ``name``, as ``host:process``; None if it is free."""
        taken = _attempts(self._folder, name)
        if not taken:
            return None
        content = _read(self._folder / f"{name}.{max(taken)}")
        return str(_about(content).get("holder", ""))

    def fail(self, name: str, reason: str) -> None:
        """Notes that a cell cannot be computed, so that no other process tries."""
        path = self._folder / f"{name}.{FAILED}"
        path.write_text(json.dumps({"reason": reason}))

    def failure(self, name: str) -> str | None:
        """Why a cell has failed, or None."""
        content = _read(self._folder / f"{name}.{FAILED}")
        return str(_about(content).get("reason", "unknown")) if content else None

    def forgive(self, name: str) -> None:
        """Lets a cell that has failed be tried again."""
        (self._folder / f"{name}.{FAILED}").unlink(missing_ok=True)

    def _abandoned(self, path: Path) -> bool:
        """Whether the holder has ended, or has stood still for as long as it may."""
        content, now = _read(path), time.monotonic()
        holder = str(_about(content).get("holder", ""))
        if holder.partition(":")[0] == self._host and _is_free(path):
            return True
        before, since = self._seen.get(path.name, (b"", now))
        if content != before or path.name not in self._seen:
            self._seen[path.name] = content, now
            return False
        return now - since > self._grace


def _attempts(folder: Path, name: str) -> list[int]:
    endings = (path.name.rpartition(".")[2] for path in folder.glob(f"{name}.*"))
    return [int(ending) for ending in endings if ending.isdecimal()]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _about(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _place(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _lock(descriptor: int) -> bool:
    """Locks the file if the system knows locks and it is free."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _is_free(path: Path) -> bool:
    """Whether no process has the file locked; false where the system knows no locks."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return _lock(descriptor)
    finally:
        os.close(descriptor)
