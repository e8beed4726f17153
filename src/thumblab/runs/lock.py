"""A run folder that one trainer has for itself, against other processes and against this one.

Locked is the file ``.lock`` in it, by the system, so that the lock ends with the process, however that
ends. Where a file system knows no locks, a warning says so, and training goes on.
"""

from __future__ import annotations

import errno
import importlib
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.storage import files

LOCK_SECONDS = 2.0
"""How long a lock is waited for: the workers of a process that was killed end a moment later."""

_held: dict[tuple[int, int], int] = {}
"""Which process has which lock files, by device and inode; a forked child inherits the entries."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Has ``folder`` for itself while it is open; makes it if it is not there.

    Raises:
        UsageError: If another process has it, or this one already, or it cannot be written.
        WriteError: If the disk is full.
    """
    descriptor = _take(folder)
    place, owner = _place(os.fstat(descriptor)), os.getpid()
    _held[place] = owner
    try:
        yield
    finally:
        if os.getpid() == owner:  # in a child the lock is still the parent's
            del _held[place]
            _unlock(descriptor)
        os.close(descriptor)


def _take(folder: Path) -> int:
    """The descriptor of the locked file."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        descriptor = _open(folder)
        if descriptor is not None:
            if _held.get(_place(os.fstat(descriptor))) == os.getpid():
                os.close(descriptor)
                raise UsageError(
                    f"{folder} is being trained by this process already; close the generator that "
                    "trains it, or let it come to its end"
                )
            if _lock(descriptor, folder):
                if _in_place(descriptor, folder):
                    return descriptor
            elif time.monotonic() > until:
                os.close(descriptor)
                raise UsageError(f"{folder} is being trained by another process; wait for it")
            os.close(descriptor)
        time.sleep(0.02)


def _open(folder: Path) -> int | None:
    """A descriptor of the file to lock; None if the folder is gone again."""
    files.check_space(folder, 0)
    try:
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{folder / '.lock'} cannot be written ({error.strerror}); choose another folder for runs",
            remedies=("runs",),
        ) from error


def _in_place(descriptor: int, folder: Path) -> bool:
    """Whether the locked file is still the folder's: who had it before may have removed the folder."""
    try:
        return _place(os.fstat(descriptor)) == _place((folder / ".lock").stat())
    except FileNotFoundError:
        return False


def _place(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _lock(descriptor: int, folder: Path) -> bool:
    """Whether the lock is ours now; it is taken for ours, and told, where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(descriptor, folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
            return False
        _tell(folder, error.strerror or str(error))
    return True


def _lock_on_windows(descriptor: int, folder: Path) -> bool:
    try:
        locking: Any = importlib.import_module("msvcrt")
        locking.locking(descriptor, locking.LK_NBLCK, 1)
    except ImportError:
        _tell(folder, "this system has no locks")
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EDEADLK):
            return False
        _tell(folder, error.strerror or str(error))
    return True


def _tell(folder: Path, why: str) -> None:
    warnings.warn(
        f"{folder} cannot be locked ({why}); see to it that no other process trains this run",
        stacklevel=2,
    )


def _unlock(descriptor: int) -> None:
    """Gives the lock back now, although a worker that still ends may share it; Windows does at close."""
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
