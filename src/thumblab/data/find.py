"""Picture files in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from thumblab.core.errors import DataError
from thumblab.data.formats import HEAD, SUFFIXES, is_picture_content
from thumblab.data.readable import readable


def is_picture(path: Path) -> bool:
    """Whether the file is of a format we read: by its suffix, or else by its first bytes."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            return is_picture_content(file.read(HEAD))
    except OSError:
        return False


def find(paths: Iterable[Path]) -> list[Path]:
    """Every picture among ``paths`` and inside the folders among them, sorted within a folder.

    A file that is named itself is kept whatever it is. Hidden files and folders are passed over,
    and links to folders are not followed.

    Raises:
        DataError: If a path does not exist, or a folder cannot be read.
    """
    found: list[Path] = []
    for path in paths:
        with readable(path):
            if path.is_dir():
                found += _inside(path)
            elif path.exists():
                found.append(path)
            else:
                raise DataError(f"{path} does not exist; name a picture or a folder of pictures")
    return found


def _inside(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DataError(f"{error.filename} cannot be read ({error.strerror}); check its rights")

    found = []
    for where, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(where, name) for name in files if not name.startswith("."))
        found += [path for path in paths if path.is_file() and is_picture(path)]
    return sorted(found)
