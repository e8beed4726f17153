"""Files that a command is asked to write (``-o``): wherever they lead, and never instead of it.

A regular file is replaced whole or not at all. A link stays a link, and what it leads to is replaced.
A device or a pipe is written to, and so is a descriptor that the caller has open (``/dev/stdout``).
Folders, and the files that a run consists of, are refused.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import UsageError, WriteError
from thumblab.storage import files

PARTS_OF_A_RUN = (
    "experiment.json",
    "environment.json",
    "name.json",
    "metrics.jsonl",
    "evaluations.jsonl",
    "weights.safetensors",
    "predictions.npz",
    "result.json",
)
MOST_LINKS = 40
_DESCRIPTOR = re.compile(r"/(?:dev/fd|proc/self/fd)/(\d+)")


def check_output(path: Path | None, option: str = "") -> None:
    """Refuses at once, before any work, what no file can be written to; None asks for no file.

    Raises:
        UsageError: If ``path`` is empty or a folder, or belongs to a run.
        WriteError: If it is below something that is no folder, or none to write to.
    """
    if path is None:
        return
    other = f" with {option}" if option else ""
    with suppress(OSError):
        if path.is_dir():  # an empty path is the current folder
            raise UsageError(f"{path} is a folder; name a file{other}")
        if path.name in PARTS_OF_A_RUN and path.with_name("experiment.json").exists():
            raise UsageError(
                f"{path} is part of a run, which it would destroy; name another{other}"
            )
        above = next((each for each in path.absolute().parents if each.exists()), None)
        if above is not None and not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
            raise WriteError(
                f"{path} cannot be written ({above} is no folder to write to); name another{other}"
            )


def deliver(path: Path, content: bytes, *, name: str = "file") -> None:
    """Writes ``content`` to what ``path`` leads to; folders above it are made.

    Args:
        path: A file, a link, a device, a pipe, or ``/dev/stdout`` and its like.
        content: All of it.
        name: Of the file's sort, for tests of failing writes.

    Raises:
        UsageError: If ``path`` is nothing that can be written to.
        WriteError: If writing fails; a regular file is as it was.
        BrokenPipeError: If the reader of the pipe has gone.
    """
    check_output(path)
    try:
        if (descriptor := _descriptor(path)) is not None:
            _pass_on(descriptor, content)
        elif replaceable(path):
            files.write(Path(os.path.realpath(path)), content, name=name)
        else:
            with path.open("wb", buffering=0) as file:
                _pass_on(file.fileno(), content)
    except BrokenPipeError:
        raise
    except (OSError, WriteError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        why = getattr(cause, "strerror", None) or cause
        raise WriteError(f"{path} cannot be written ({why}); make room or name another") from error


def replaceable(path: Path) -> bool:
    """Whether ``path`` is, or would be, a regular file."""
    try:
        return stat.S_ISREG(path.stat().st_mode) and _descriptor(path) is None
    except FileNotFoundError:
        return True


def _descriptor(path: Path) -> int | None:
    """The descriptor of this process that ``path``, or a link on its way, stands for."""
    place = os.path.abspath(path)
    for _ in range(MOST_LINKS):
        if found := _DESCRIPTOR.fullmatch(place):
            return int(found[1])
        try:
            place = os.path.join(os.path.dirname(place), os.readlink(place))
        except (OSError, ValueError):
            return None
    return None


def _pass_on(descriptor: int, content: bytes) -> None:
    """Writes all of ``content``, after what this process has still to say there."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.flush()
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
