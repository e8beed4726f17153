"""A folder of your own pictures: one sub-folder a class, perhaps inside those of parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thumblab.core.errors import DataError
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.layout import LayoutError, arrange
from thumblab.data.sources.listing import Listing, list_folder
from thumblab.data.sources.looks_like import suggestion
from thumblab.data.sources.sorted_pictures import Pictures, base_of, read_sorted


@dataclass(frozen=True)
class Folder(Pictures, DatasetSpec):
    """Pictures sorted into sub-folders whose names, in sorted order, are the classes.

    Pictures may lie deeper inside a class. Sub-folders that are called as parts are (``train``,
    ``Training``, ``valid``, ``test_set`` and so on) are the parts; ``layout`` says what is
    understood. What is no picture is passed over, and told; hidden files are passed over.
    The fields are those of ``Pictures``.
    """

    def __post_init__(self) -> None:
        self.check()


@read.register
def _read_folder(source: Folder, root: Path | None = None) -> Dataset:
    return read_folder(source, root)


def read_folder(source: Folder, root: Path | None = None, least: int = 2) -> Dataset:
    """The data set of a folder.

    Args:
        source: Which.
        root: Where its path starts.
        least: So many classes there must be. With 1, a test part alone is read too, as both parts.
    """
    base = base_of(source.path, root)
    with os_errors(base):
        there = base.is_dir()
    if not there:
        raise DataError(f"{base} is not a folder; give one that holds a sub-folder for each class")
    listing = list_folder(base)
    try:
        return read_listed(base.resolve().name, str(base), listing, source, least)
    except LayoutError as error:
        if hint := suggestion(listing, base):
            raise DataError(f"{error}; {hint}") from None
        raise


def read_listed(
    name: str, where: str, listing: Listing, source: Pictures, least: int = 2
) -> Dataset:
    """The data set of files that are sorted into folders, wherever they lie."""
    found = arrange(listing.pictures, listing.folders, where, least)
    if "training" not in found.parts:
        found.parts["training"] = next(iter(found.parts.values()))
    return read_sorted(name, where, listing, found, source)
