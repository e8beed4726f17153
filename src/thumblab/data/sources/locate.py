"""Finds the files of a data set in a folder, in its known sub-folders, in its archive, or deeper down.

Files go by the name of their publisher, by the other spellings that repackers give them
(``train-images.idx3-ubyte``, upper case, ``.gz`` behind or not), and may lie in a folder of their
own name.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.distribution import VARIABLE, Distribution
from thumblab.data.os_errors import os_errors
from thumblab.data.sources.archive import MEMBER_BYTES, members, unpacked

DEEPEST, MOST_FOLDERS = 4, 2000
"""So far down, and in so many folders, files are searched that lie in no known place."""

Wanted = tuple[Distribution, Sequence[str]]
"""A distribution and the names of its files, all of them needed."""


def cache(distribution: Distribution) -> Path:
    """The folder that downloads of a set go to: ``<the user's cache>/thumblab/<name>``."""
    import pooch

    return Path(pooch.os_cache("thumblab")) / distribution.name


def gather(
    distribution: Distribution,
    root: Path | None,
    names: Sequence[str],
    optional: Sequence[str] = (),
) -> dict[str, bytes]:
    """The bytes of the files called ``names``, each as it is or with ``.gz`` behind its name.

    Every file must come from the same place. Gzip is unpacked.

    Args:
        distribution: Where the files may lie.
        root: The user's folder or archive; None tries ``$THUMBLAB_DATA`` and the download cache.
        names: Plain file names, all of them needed.
        optional: Names of files that are taken too where they lie beside those.

    Raises:
        DataError: If a file is missing, damaged or too large, or lies in several places.
    """
    return gather_first(root, (distribution, names), optional=optional)[1]


def gather_first(
    root: Path | None, *wanted: Wanted, optional: Sequence[str] = ()
) -> tuple[Distribution, dict[str, bytes]]:
    """The first of several distributions of a data set that is there, and its files as ``gather``."""
    partly = None
    for base in _roots(wanted[0][0], root):
        for distribution, names in wanted:
            for place in _places(distribution, base):
                found = _found(place, distribution, [*names, *optional])
                missing = [name for name in names if name not in found]
                if not missing:
                    return distribution, found
                if len(missing) < len(names):
                    partly = partly or (distribution, place, set(names) - set(missing), missing)
        for distribution, names in () if partly else wanted:
            if deep := _deeper(base, distribution, names):
                warnings.warn(f"{distribution.name} is read from {deep}", stacklevel=3)
                return distribution, _found(deep, distribution, [*names, *optional])
    if partly:
        distribution, place, there, missing = partly
        raise DataError(
            f"{distribution.name}: {place} has {sorted(there)[0]} but not "
            f"{', '.join(missing)}; add what is missing"
        )
    raise _nowhere(root, *wanted[0])


def _roots(distribution: Distribution, root: Path | None) -> list[Path]:
    if root is not None:
        with os_errors(root):
            there = root.exists()
        if not there:
            raise DataError(
                f"{root} does not exist; give a folder or an archive that does", remedies=("root",)
            )
        return [root]
    named = os.environ.get(VARIABLE)
    return [*([Path(named)] if named else []), cache(distribution)]


def _places(distribution: Distribution, base: Path) -> Iterator[Path]:
    """Sub-folders come before the folder itself: two sets use the same file names."""
    with os_errors(base):
        if base.is_file():
            yield base
            return
        folders = [*(base / folder for folder in distribution.folders), base]
        yield from (folder for folder in folders if folder.is_dir())
        archives = (folder / name for folder in folders for name in distribution.archives)
        yield from (archive for archive in archives if archive.is_file())


def _found(place: Path, distribution: Distribution, names: Sequence[str]) -> dict[str, bytes]:
    with os_errors(place):
        if place.is_file():
            found = _from_archive(place, distribution, names)
        else:
            found = {name: _bytes(path) for name, path in _paths(place, names).items()}
    return {name: unpacked(data, name) for name, data in found.items()}


def _plain(name: str) -> str:
    """A file's name without case, ``.gz`` and the signs between its words."""
    return re.sub(r"[._ -]+", "-", name.lower().removesuffix(".gz"))


def _paths(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """Where in ``folder`` the files lie; its own spelling comes before others."""
    there: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        there.setdefault(_plain(path.name), []).append(path)
    found = {}
    for name in names:
        exact = [folder / name, folder / f"{name}.gz"]
        others = there.get(_plain(name), [])
        within = [each for path in others if path.is_dir() for each in _inside(path, name)]
        paths = [path for path in (*exact, *others, *within) if path.is_file()]
        if paths:
            found[name] = paths[0]
    return found


def _inside(folder: Path, name: str) -> list[Path]:
    """The file in a folder of its own name, as some archives unpack it."""
    return [path for path in sorted(folder.iterdir()) if _plain(path.name) == _plain(name)]


def _bytes(path: Path) -> bytes:
    with os_errors(path):
        size = path.stat().st_size
        if size > MEMBER_BYTES:
            raise DataError(f"{path} has {size:,} bytes; at most {MEMBER_BYTES:,} are read")
        return path.read_bytes()


def _deeper(base: Path, distribution: Distribution, names: Sequence[str]) -> Path | None:
    """The one folder below ``base`` that holds all files, if there is one.

    Raises:
        DataError: If several do, and their names do not say which is meant.
    """
    if not base.is_dir():
        return None
    with os_errors(base):
        places = [place for place in _folders(base) if len(_paths(place, names)) == len(names)]
    # The folder around one of the files' own name holds it as well.
    places = [place for place in places if not any(other in place.parents for other in places)]
    own = _plain(distribution.name)
    named = [place for place in places if own in map(_plain, place.relative_to(base).parts)]
    if len(places) > 1 and len(named) != 1:
        raise DataError(
            f"{distribution.name} is in several places ({', '.join(map(str, places[:3]))}); name one"
        )
    return next(iter(named if len(places) > 1 else places), None)


def _folders(base: Path) -> list[Path]:
    level, found = [base], []
    for _ in range(DEEPEST):
        level = [
            path
            for folder in level
            for path in sorted(folder.iterdir())
            if not path.name.startswith(".") and path.is_dir() and not path.is_symlink()
        ][:MOST_FOLDERS]
        found += level
    return found[:MOST_FOLDERS]


class _Members:
    """The members of an archive that may be the files called ``names``, in whatever folder."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = {_plain(name): name for name in names}

    def __contains__(self, member: object) -> bool:
        path = PurePosixPath(str(member))
        return not path.is_absolute() and ".." not in path.parts and _plain(path.name) in self.names

    def name(self, member: str) -> str:
        return self.names[_plain(PurePosixPath(member).name)]


def _from_archive(path: Path, distribution: Distribution, names: Sequence[str]) -> dict[str, bytes]:
    stems = ["", *(f"{folder}/" for folder in distribution.folders)]
    wanted = _Members(names)
    found: dict[str, tuple[bool, bytes]] = {}
    for member, data in members(path, wanted).items():
        name = wanted.name(member)
        known = member in {f"{stem}{name}{end}" for stem in stems for end in ("", ".gz")}
        before = found.get(name)
        if before is not None and before[0] == known and before[1] != data:
            raise DataError(f"{path} holds {name} in several folders; unpack it, and name one")
        if before is None or known:
            found[name] = known, data
    return {name: data for name, (_, data) in found.items()}


def _nowhere(root: Path | None, distribution: Distribution, names: Sequence[str]) -> DataError:
    where = root or os.environ.get(VARIABLE) or "the download cache"
    wanted = [names[0], *([distribution.archive] if distribution.archive else [])]
    fetch = "download it, or " * bool(distribution.downloads)
    return DataError(
        f"{distribution.name} is not in {where}: neither {' nor '.join(wanted)} is there or in a "
        f"known sub-folder ({', '.join(distribution.folders)}); {fetch}give the folder that "
        "holds it",
        remedies=("download", "root") if fetch else ("root",),
    )
