"""Where there is room for a while."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import WriteError

MEMORY = Path("/dev/shm")
"""Files in memory, where Linux has them."""


def temporary_place(needed: int) -> Path:
    """A folder to make a temporary one in: the system's, the current one, or memory.

    Raises:
        WriteError: If none of them can be written and has ``needed`` bytes free.
    """
    tried = []
    places: list[Callable[[], Path]] = [
        lambda: Path(tempfile.gettempdir()),
        Path.cwd,
        lambda: MEMORY,
    ]
    for find in places:
        with suppress(OSError):  # there is none, or it has been deleted
            place = find()
            free = shutil.disk_usage(place).free
            if free >= needed and os.access(place, os.W_OK | os.X_OK):
                return place
            tried.append(f"{place} has {free / 1e6:.0f} MB free")
    raise WriteError(
        f"a temporary folder needs {needed / 1e6:.0f} MB, but {', '.join(tried) or 'there is none'}; "
        "free some, or name a folder in TMPDIR"
    )
