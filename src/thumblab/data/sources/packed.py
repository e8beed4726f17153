"""A ``.zip`` or ``.tar.gz`` of class folders, read as it is: nothing is unpacked onto the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.pictures.formats import HEAD, SUFFIXES, is_picture_content
from thumblab.data.sources.archive import OF_PICTURES, members
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.folder import read_listed
from thumblab.data.sources.listing import Listing, is_leftover
from thumblab.data.sources.sorted_pictures import Pictures, base_of

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
"""How the names of such files end."""


@dataclass(frozen=True)
class Packed(Pictures, DatasetSpec):
    """An archive of pictures, sorted into folders as those of ``Folder`` are.

    What is in it is held in memory, packed as pictures are: at most 1 GiB. The fields are those of
    ``Pictures``.
    """

    def __post_init__(self) -> None:
        self.check()


@read.register
def _read_packed(source: Packed, root: Path | None = None) -> Dataset:
    return read_packed(source, root)


def read_packed(source: Packed, root: Path | None = None, least: int = 2) -> Dataset:
    """The data set of an archive; ``least`` as for ``read_folder``."""
    path = base_of(source.path, root)
    with os_errors(path):
        there = path.is_file()
    if not there:
        raise DataError(f"{path} is not a file; give a {', '.join(ENDINGS)} of class folders")
    listing = list_archive(path)
    name = path.name
    for ending in sorted(ENDINGS, key=len, reverse=True):
        name = name.removesuffix(ending)
    return read_listed(name, str(path), listing, source, least)


class _Inside:
    """Members that are neither leftovers nor outside of the archive's own folder."""

    def __contains__(self, member: object) -> bool:
        path = PurePosixPath(str(member))
        return not (path.is_absolute() or ".." in path.parts or is_leftover(path))


def list_archive(path: Path) -> Listing:
    """What is in an archive.

    Raises:
        DataError: If it is damaged, too large, or no archive that we read.
    """
    files = {
        PurePosixPath(name): data for name, data in members(path, _Inside(), OF_PICTURES).items()
    }
    pictures = {
        name
        for name, data in files.items()
        if name.suffix.lower() in SUFFIXES or is_picture_content(data[:HEAD])
    }
    folders = {parent for name in files for parent in name.parents if parent.parts}
    return Listing(
        tuple(sorted(pictures)),
        tuple(sorted(set(files) - pictures)),
        tuple(sorted(folders)),
        (),
        files.__getitem__,
    )
