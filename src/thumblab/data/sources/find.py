"""Picture files in folders."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

from thumblab.core.errors import DataError
from thumblab.data.os_errors import os_errors
from thumblab.data.reading import Reading, counted
from thumblab.data.sources.listing import is_picture as is_picture
from thumblab.data.sources.listing import list_folder


def find(paths: Iterable[Path]) -> list[Path]:
    """Every picture among ``paths`` and inside the folders among them, sorted within a folder.

    A file that is named itself is kept whatever it is. Hidden files and leftovers are passed over; files
    of other kinds are too, with a warning. Links are followed as ``list_folder`` does.

    Raises:
        DataError: If a path does not exist, or a folder cannot be read.
    """
    found: list[Path] = []
    for path in paths:
        with os_errors(path):
            if path.is_dir():
                found += _inside(path)
            elif path.exists():
                found.append(path)
            else:
                raise DataError(f"{path} does not exist; name a picture or a folder of pictures")
    return found


def _inside(folder: Path) -> list[Path]:
    """The pictures in a folder; a warning names what is passed over, once for each suffix."""
    listing = list_folder(folder)
    for note in listing.notes:
        warnings.warn(f"{folder}: {note}", stacklevel=3)
    if listing.others:
        left_out = Reading(passed_over=listing.suffixes()).left_out
        warnings.warn(
            f"{folder}: passed over {counted(len(listing.others), 'file')} of other kinds than "
            f"pictures: {left_out}",
            stacklevel=3,
        )
    return [folder / path for path in listing.pictures]
