"""The data set that a text names: one of ours, or a folder of pictures by its path."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from thumblab.core.annotations import shown
from thumblab.core.errors import UsageError
from thumblab.data import Folder, Source
from thumblab.settings.fit import value
from thumblab.settings.names import known

_PATH = re.compile(r"(\.{0,2}|~)[/\\]|[A-Za-z]:[/\\]|~$|\.{1,2}$")
"""What begins like a path and like no name; ``C:\\pictures`` is one on Windows."""


def find_source(given: object) -> Source:
    """The source that ``given`` spells: ``cifar10``, ``emnist:split=byclass``, ``./pictures``.

    Raises:
        UsageError: If there is none.
    """
    if not isinstance(given, str) or given.strip().lower() in known(Source):
        return value(given, Source)
    path = _PATH.match(given)
    if ":" in given and not path:
        return value(given, Source)
    with suppress(OSError, RuntimeError):  # too long, without rights, or nobody's home: no folder
        if Path(given).expanduser().is_dir():
            return Folder(path=given)
    if ":" in given:
        raise UsageError(
            f"there is no folder {shown(given)}; give the path of a folder of pictures"
        )
    try:
        return value(given, Source)
    except UsageError as error:
        raise UsageError(f"{error}, or the path of a folder of pictures") from error
