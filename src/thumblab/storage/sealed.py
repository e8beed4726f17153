"""JSON that says by a SHA-256 whether it still is what was written; for all that a run believes later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from thumblab.core.errors import RunError
from thumblab.storage import files

SEAL = "sha256"


def seal(value: Mapping[str, Any]) -> str:
    """64 hex digits over a JSON object, whatever the order of its keys."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def write(path: Path, value: Mapping[str, Any]) -> None:
    """Replaces ``path`` by ``value`` and its seal."""
    files.write_json(path, {**value, SEAL: seal(value)})


def read(path: Path, *, required: bool = False) -> dict[str, Any]:
    """The JSON object in ``path``.

    Args:
        path: The file.
        required: Whether it must have a seal; what an older thumblab wrote has none.

    Raises:
        RunError: If the file is missing, damaged, or was changed after it was written.
    """
    return _opened(path, files.read_json(path), required)


def line(value: Mapping[str, Any]) -> str:
    """``value`` and its seal on one line."""
    return json.dumps({**value, SEAL: seal(value)}, allow_nan=False)


def text(values: Iterable[Mapping[str, Any]]) -> bytes:
    """The content of a file of sealed lines."""
    return "".join(f"{line(value)}\n" for value in values).encode()


def lines(path: Path, *, required: bool = False) -> list[dict[str, Any]]:
    """The JSON objects of a file of lines; a torn last line is left out, a missing file is empty.

    Raises:
        RunError: If a line is damaged, or was changed after it was written.
    """
    found = files.whole_lines(path)
    return [_opened(path, value, required, number) for number, value in enumerate(found, 1)]


def _opened(path: Path, value: object, required: bool, number: int = 0) -> dict[str, Any]:
    where = f"line {number} of {path}" if number else str(path)
    if not isinstance(value, dict):
        raise RunError(f"{where} is damaged (no JSON object); restore it or train again")
    rest = {name: each for name, each in value.items() if name != SEAL}
    if (required or SEAL in value) and value.get(SEAL) != seal(rest):
        raise RunError(
            f"{where} is damaged or was edited: its SHA-256 is not the one it was written with; "
            "restore it or train again"
        )
    return rest
