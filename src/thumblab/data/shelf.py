"""Finds the files of a data set in a folder, in its known sub-folders, or in its archive."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from thumblab.core.errors import DataError
from thumblab.data.archive import MEMBER_BYTES, members, unpacked
from thumblab.data.distribution import Distribution
from thumblab.data.readable import readable

VARIABLE = "THUMBLAB_DATA"
"""Environment variable that names the folder of data sets."""


def cache(distribution: Distribution) -> Path:
    """The folder that downloads of a set go to: ``<the user's cache>/thumblab/<name>``."""
    import pooch

    return Path(pooch.os_cache("thumblab")) / distribution.name


def gather(distribution: Distribution, root: Path | None, names: Sequence[str]) -> dict[str, bytes]:
    """The bytes of the files called ``names``, each as it is or with ``.gz`` behind its name.

    Every file must come from the same place. Gzip is unpacked.

    Args:
        distribution: Where the files may lie.
        root: The user's folder or archive; None tries ``$THUMBLAB_DATA`` and the download cache.
        names: Plain file names, all of them needed.

    Raises:
        DataError: If a file is missing, damaged or too large.
    """
    for place in _places(distribution, root):
        with readable(place):
            found = (
                _from_archive(place, distribution, names)
                if place.is_file()
                else _from_folder(place, names)
            )
        missing = [name for name in names if name not in found]
        if found and missing:
            raise DataError(
                f"{distribution.name}: {place} has {sorted(found)[0]} but not "
                f"{', '.join(missing)}; add what is missing"
            )
        if found:
            return {name: unpacked(found[name], name) for name in names}
    raise _nowhere(distribution, root, names)


def _roots(distribution: Distribution, root: Path | None) -> list[Path]:
    if root is not None:
        with readable(root):
            there = root.exists()
        if not there:
            raise DataError(f"{root} does not exist; give --from a folder or an archive that does")
        return [root]
    named = os.environ.get(VARIABLE)
    return [*([Path(named)] if named else []), cache(distribution)]


def _places(distribution: Distribution, root: Path | None) -> Iterator[Path]:
    """Sub-folders come before the folder itself: two sets use the same file names."""
    for base in _roots(distribution, root):
        with readable(base):
            if base.is_file():
                yield base
                continue
            folders = [*(base / folder for folder in distribution.folders), base]
            yield from (folder for folder in folders if folder.is_dir())
            if distribution.archive:
                archives = (folder / distribution.archive for folder in folders)
                yield from (archive for archive in archives if archive.is_file())


def _from_folder(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    found = {}
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                found[name] = _bytes(path)
                break
    return found


def _bytes(path: Path) -> bytes:
    with readable(path):
        size = path.stat().st_size
        if size > MEMBER_BYTES:
            raise DataError(f"{path} has {size:,} bytes; at most {MEMBER_BYTES:,} are read")
        return path.read_bytes()


def _from_archive(path: Path, distribution: Distribution, names: Sequence[str]) -> dict[str, bytes]:
    stems = ["", *(f"{folder}/" for folder in distribution.folders)]
    inside = {f"{stem}{name}{end}": name for name in names for stem in stems for end in ("", ".gz")}
    return {inside[member]: data for member, data in members(path, set(inside)).items()}


def _nowhere(distribution: Distribution, root: Path | None, names: Sequence[str]) -> DataError:
    where = root or os.environ.get(VARIABLE) or "the download cache"
    wanted = [names[0], *([distribution.archive] if distribution.archive else [])]
    fetch = f"run `thumblab data {distribution.name} --download`, or " * bool(
        distribution.downloads
    )
    return DataError(
        f"{distribution.name} is not in {where}: neither {' nor '.join(wanted)} is there or in a "
        f"known sub-folder ({', '.join(distribution.folders)}); {fetch}use --from FOLDER"
    )
