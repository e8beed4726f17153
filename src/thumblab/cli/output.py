"""What people and scripts read."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import IntEnum
from typing import Any

from thumblab.cli.terminal import cell as in_cell
from thumblab.cli.terminal import printable
from thumblab.cli.warned import warned
from thumblab.core.errors import WriteError


class Volume(IntEnum):
    """How much is said on standard error: by ``--quiet`` only warnings, by ``--verbose`` details too."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


FLAGS = {
    "--quiet": Volume.QUIET,
    "-q": Volume.QUIET,
    "--verbose": Volume.VERBOSE,
    "-v": Volume.VERBOSE,
}
"""Options that every command takes, wherever they stand."""

_volume: ContextVar[Volume] = ContextVar("volume", default=Volume.USUAL)


def volume() -> Volume:
    """How much the command that runs says."""
    return _volume.get()


def asked_volume(tokens: Sequence[str]) -> tuple[Volume, list[str]]:
    """What the last of ``FLAGS`` asks for, and the command without them; they end at ``--``.

    >>> asked_volume(["train", "-q", "mlp", "--", "-v"])
    (<Volume.QUIET: 0>, ['train', 'mlp', '--', '-v'])
    """
    end = list(tokens).index("--") if "--" in tokens else len(tokens)
    asked = [FLAGS[token] for token in tokens[:end] if token in FLAGS]
    rest = [token for token in tokens[:end] if token not in FLAGS]
    return (asked or [Volume.USUAL])[-1], [*rest, *tokens[end:]]


@contextmanager
def saying(much: Volume) -> Iterator[None]:
    """While this is open, so much is said."""
    before = _volume.set(much)
    try:
        yield
    finally:
        _volume.reset(before)


def speaks() -> bool:
    """Whether this process has anything to say: under torchrun, only the first of them."""
    return os.environ.get("WORLD_SIZE", "1") == "1" or os.environ.get("RANK", "0") == "0"


def answer(value: Any, text: str, *, as_json: bool) -> None:
    """The answer of a command on standard output: one JSON value, or words.

    A JSON object gets an entry ``warnings``: a list of what was warned of until now.

    Raises:
        BrokenPipeError: If it is closed at the other end.
        WriteError: If it cannot be written.
    """
    if not speaks():
        return
    if as_json and isinstance(value, dict):
        value = value | {"warnings": warned().lines}
    try:
        print(json.dumps(value) if as_json else printable(text), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        drop()
        raise WriteError(
            f"the answer cannot be written ({error.strerror}); send standard output elsewhere"
        ) from error


def drop() -> None:
    """Sends what is left of standard output nowhere, for Python would try it again at the end."""
    with suppress(AttributeError, OSError, ValueError):  # no file of the system's: nothing to try
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(text: str) -> None:
    """Progress: a message on standard error unless ``--quiet`` was given."""
    if volume() > Volume.QUIET:
        caution(text)


def detail(text: str) -> None:
    """What only ``--verbose`` asks for."""
    if volume() is Volume.VERBOSE:
        caution(text)


def caution(text: str) -> None:
    """A warning: always on standard error; if that is closed, the message is ignored."""
    if speaks() and sys.stderr is not None:
        with suppress(OSError):
            print(printable(text), file=sys.stderr, flush=True)


def option(name: str, value: str) -> str:
    """A setting as it is typed into a shell.

    >>> option("batch", "64"), option("split_seed", "1"), option("optimizer", "sgd:lr=(cosine)")
    ('--batch 64', '--split-seed 1', "--optimizer 'sgd:lr=(cosine)'")
    """
    return f"--{name.replace('_', '-')} {shlex.quote(value)}"


def percent(fraction: float | None) -> str:
    """A fraction for people; ``-`` where there is none.

    >>> percent(0.87912), percent(None)
    ('87.91 %', '-')
    """
    return "-" if fraction is None else f"{100 * fraction:.2f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; those whose cells are all figures stand at the right.

    >>> print(table(["name", "images"], [["a", "7"], ["bc", "1,200"]]))
    name  images
    a          7
    bc     1,200
    """
    rows = [list(map(in_cell, row)) for row in rows]
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    right = [bool(rows) and all(_figure(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _figure(cell: str) -> bool:
    return not cell.strip("0123456789,.-% ")
