"""Files that are either whole or as they were before."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from thumblab.core.errors import RunError, UsageError, WriteError
from thumblab.core.faults import fault

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
REPLACE_TRIES, REPLACE_SECONDS = 5, 0.05


def write(path: Path, content: bytes, *, name: str = "file") -> None:
    """Replaces ``path``: a temporary name in the same folder, fsync, rename, fsync of the folder.

    Raises:
        WriteError: If that fails; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name[:100]}.tmp.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content[: len(content) // 2])
            fault(f"{name}.half")
            file.write(content[len(content) // 2 :])
            file.flush()
            os.fsync(file.fileno())
        fault(f"{name}.written")
        _replace(temporary, path)
        fault(f"{name}.renamed")
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise _cannot_write(path, error) from error


def append(path: Path, line: str) -> None:
    """Adds a line; whole lines that stood there before are untouched, a torn last one goes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            _drop_torn_line(file)
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _cannot_write(path, error) from error


def _drop_torn_line(file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    if size:
        file.seek(size - 1)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


def write_json(path: Path, value: Any) -> None:
    """Replaces ``path`` by ``value`` as indented JSON."""
    write(path, (json.dumps(value, indent=2, sort_keys=True) + "\n").encode(), name=path.stem)


def read_json(path: Path) -> Any:
    """The JSON value in ``path``.

    Raises:
        RunError: If the file is missing or no JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise RunError(
            f"{path} cannot be read ({error.strerror}); is this a run folder?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is damaged ({error}); restore it or train again") from error


def whole_lines(path: Path) -> list[Any]:
    """The JSON values of a file of lines; a torn last line is left out."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(
            f"{path} cannot be read ({error.strerror}); is this a run folder?"
        ) from error
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is damaged ({error}); restore it or train again") from error


def clean(folder: Path) -> None:
    """Removes what interrupted writes left behind."""
    for leftover in folder.rglob(".*.tmp.*"):
        leftover.unlink(missing_ok=True)


def check_space(folder: Path, needed: int) -> None:
    """Makes ``folder``, and sees to it that it can be written and has ``needed`` bytes free.

    Raises:
        UsageError: If it cannot be written, whatever its space.
        WriteError: If the disk is full, or nearly.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe.tmp.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in FULL:
            raise _cannot_write(folder, error) from error
        raise UsageError(
            f"{folder} cannot be written ({error.strerror or error}); choose another folder for runs",
            remedies=("runs",),
        ) from error
    if free < needed:
        raise WriteError(
            f"{folder} has {free / 1e6:.0f} MB free but this run needs {needed / 1e6:.0f} MB; "
            "free some space or choose another folder for runs",
            remedies=("runs",),
        )


def _replace(temporary: Path, path: Path) -> None:
    """Renames; Windows refuses while another program, such as a virus scanner, has the old file open."""
    for _ in range(REPLACE_TRIES - 1):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            time.sleep(REPLACE_SECONDS)
    temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Sees to it that a new name lasts, where the system lets a folder be opened and synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows, or a folder that may be written but not read
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> WriteError:
    return WriteError(
        f"{path} cannot be written ({error.strerror or error}); nothing that was saved is lost: "
        "make room or name another place; a run can be resumed",
        remedies=("resume",),
    )
