"""Locks of files that end with the process that has them, however it ends."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

BEYOND = 1 << 20
"""Which byte Windows locks: one beyond the content, which others may then still read."""


def lock(descriptor: int) -> bool:
    """Locks an open file; false if another has it, or where the system or the file system knows no locks.

    A process that is forked from this one shares the lock until it closes the descriptor.
    """
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_free(path: Path) -> bool:
    """Whether no process has the file locked; false where there are no locks, or no such file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return lock(descriptor)
    finally:
        os.close(descriptor)


def _lock_on_windows(descriptor: int) -> bool:
    try:
        locking: Any = importlib.import_module("msvcrt")
        os.lseek(descriptor, BEYOND, os.SEEK_SET)
        locking.locking(descriptor, locking.LK_NBLCK, 1)
    except (ImportError, OSError):
        return False
    return True
