"""Who computes a cell: a lease that one process holds, and that another takes over once it stands still.

``<name>.<attempt>`` in the folder of leases is made by ``O_EXCL``, which one process of all succeeds in;
the lease with the highest attempt counts. Its holder locks the file and changes what it says every few
seconds. A lease is abandoned once its lock is free on the same machine, or once it has not changed for a
while by the clock of the one who waits; no two clocks are compared. The next attempt is then made in the
same way, and the earlier holder finds its own lease overtaken when it looks, which it does at every beat
and before it publishes anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from thumblab.core.errors import ThumblabError, UsageError
from thumblab.study.file_lock import is_free, lock

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
        overtaken: Whether it was found at the last beat that it no longer is ours.
    """

    def __init__(
        self, path: Path, descriptor: int, holder: dict[str, Any], beat: float = BEAT_SECONDS
    ) -> None:
        self.name, _, number = path.name.rpartition(".")
        self.attempt = int(number)
        self.overtaken = False
        self._path, self._descriptor, self._seconds = path, descriptor, beat
        # No two leases say the same, so that one of the same number is not taken for one that stands still.
        self._about = holder | {"attempt": self.attempt, "token": secrets.token_hex(4)}
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
        except OSError:
            return False
        return same and max(attempts(self._path.parent, self.name), default=0) == self.attempt

    @property
    def others(self) -> list[int]:
        """Earlier attempts whose processes may still be there, standing still."""
        found = attempts(self._path.parent, self.name)
        return [attempt for attempt in found if attempt != self.attempt]

    def check(self) -> None:
        """Raises ``LeaseLostError`` if it is no longer ours."""
        if not self.held:
            raise LeaseLostError(
                f"the lease of {self.name} was taken over while this process stood still; its result is "
                "dropped, for another process computes it"
            )

    def finish(self) -> None:
        """Removes all leases of the cell, once its result is published."""
        self.release()
        remove(self._path.parent, self.name)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def release(self) -> None:
        """Gives it back; Windows removes no file that is open."""
        if self._over.is_set():
            return
        self._over.set()
        self._thread.join()
        if os.name == "nt":
            os.close(self._descriptor)
        with contextlib.suppress(OSError):
            if _place(self._path.stat()) == self._place:
                self._path.unlink()
        if os.name != "nt":
            os.close(self._descriptor)

    def _beat(self) -> None:
        while not self._over.wait(self._seconds):
            self._write()
            self.overtaken = self.overtaken or not self.held

    def _write(self) -> None:
        self._beats += 1
        content = f"{json.dumps(self._about | {'beats': self._beats}):<250}\n"
        with contextlib.suppress(OSError):  # a full disk: it stands still, and is taken over
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, content.encode())


class Leases:
    """The leases of a folder, as one process sees them."""

    def __init__(self, folder: Path, *, grace: float = GRACE_SECONDS) -> None:
        self._folder, self._grace = folder, grace
        self._self = {"holder": f"{platform.node()}:{os.getpid()}", "machine": _machine()}
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
        taken = attempts(self._folder, name)
        if taken and not self._abandoned(self._folder / f"{name}.{max(taken)}"):
            return None
        path = self._folder / f"{name}.{max(taken, default=0) + 1}"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        except FileExistsError:
            return None
        except PermissionError:
            if os.name != "nt":  # which says so of a file that is just being removed
                raise
            return None
        lock(descriptor)
        lease = Lease(path, descriptor, self._self, min(BEAT_SECONDS, max(self._grace / 5, 0.01)))
        for attempt in taken:
            if self._ended(self._folder / f"{name}.{attempt}"):
                with contextlib.suppress(OSError):
                    (self._folder / f"{name}.{attempt}").unlink()
        return lease

    def holder(self, name: str) -> str | None:
        """Who has the lease of ``name``, as ``host:process``; None if it is free."""
        taken = attempts(self._folder, name)
        path = self._folder / f"{name}.{max(taken, default=0)}"
        if not taken or self._ended(path):
            return None
        return str(_about(_read(path)).get("holder", ""))

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
        if self._ended(path):
            return True
        content, now = _read(path), time.monotonic()
        before, since = self._seen.get(path.name, (b"", now))
        if content != before or path.name not in self._seen:
            self._seen[path.name] = content, now
            return False
        return now - since > self._grace

    def _ended(self, path: Path) -> bool:
        """Whether the holder was a process of this machine and has ended."""
        return _about(_read(path)).get("machine") == self._self["machine"] and is_free(path)


def attempts(folder: Path, name: str) -> list[int]:
    """The numbers of the leases that there are of ``name``."""
    endings = (path.name.rpartition(".")[2] for path in folder.glob(f"{name}.*"))
    return [int(ending) for ending in endings if ending.isdecimal()]


def remove(folder: Path, name: str) -> None:
    """Removes every lease of a cell that is done; Windows keeps those that are open."""
    for attempt in attempts(folder, name):
        with contextlib.suppress(OSError):
            (folder / f"{name}.{attempt}").unlink()


def _machine() -> str:
    """What tells this machine, since it was started, from others, which may have the same name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return platform.node()


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
