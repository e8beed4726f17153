"""The data set that a text names: one of ours, or a folder of pictures by its path."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import UsageError
from thumblab.data import Folder, Source
from thumblab.settings.fit import value
from thumblab.settings.names import known


def find_source(given: object) -> Source:
    """The source that ``given`` spells: ``cifar10``, ``emnist:split=byclass``, ``./pictures``.

    Raises:
        UsageError: If there is none.
    """
    if not isinstance(given, str) or ":" in given or given.strip().lower() in known(Source):
        return value(given, Source)
    with suppress(OSError, RuntimeError):  # too long, without rights, or nobody's home: no folder
        if Path(given).expanduser().is_dir():
            return Folder(path=given)
    try:
        return value(given, Source)
    except UsageError as error:
        raise UsageError(f"{error}, or the path of a folder of pictures") from error
