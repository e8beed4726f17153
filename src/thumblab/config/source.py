"""The data set that a text names: one of ours, or by its path a folder of pictures or a file of them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from thumblab.config.fit import value
from thumblab.config.names import known
from thumblab.core.annotations import shown
from thumblab.core.errors import UsageError
from thumblab.data import DatasetSpec, Folder, LabelsCsv, Npz, Packed, Parquet
from thumblab.data.sources.packed import ENDINGS

_PATH = re.compile(r"(\.{0,2}|~)[/\\]|[A-Za-z]:[/\\]|~$|\.{1,2}$")
"""What begins like a path and like no name; ``C:\\pictures`` is one on Windows."""


def find_source(given: object) -> DatasetSpec:
    """The source that ``given`` spells: ``cifar10``, ``emnist:split=byclass``, ``./pictures``, ``a.npz``.

    Raises:
        UsageError: If there is none.
    """
    if not isinstance(given, str) or given.strip().lower() in known(DatasetSpec):
        return value(given, DatasetSpec)
    with suppress(OSError, RuntimeError):  # too long, without rights, or an unknown home: no path
        path = Path(given).expanduser()
        if path.is_dir():
            return Folder(path=given)
        if path.is_file() and (source := _of_file(given)):
            return source
    if ":" in given and not _PATH.match(given):
        return value(given, DatasetSpec)
    if ":" in given:
        raise UsageError(
            f"there is no folder {shown(given)}; give the path of a folder of pictures"
        )
    try:
        return value(given, DatasetSpec)
    except UsageError as error:
        raise UsageError(f"{error}, or the path of a folder of pictures") from error


def _of_file(given: str) -> DatasetSpec | None:
    """The source of a file, by how its name ends."""
    for ends, source in (
        ((".npz",), Npz(path=given)),
        ((".csv",), LabelsCsv(path=given)),
        ((".parquet",), Parquet(path=given)),
        (ENDINGS, Packed(path=given)),
    ):
        if given.lower().endswith(ends):
            return source
    return None
