"""The files below a folder: which are pictures, which are not, and where links lead."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.os_errors import os_errors
from thumblab.data.pictures.formats import HEAD, SUFFIXES, is_picture_content
from thumblab.data.reading import counted

LEFTOVERS = frozenset(
    {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)
"""Folders that unpacking, network disks and desktops leave behind."""

LEFTOVER_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
"""Files likewise, which are not meant to be read."""


@dataclass(frozen=True, eq=False)
class Listing:
    """What there is below a folder, or in an archive; paths are relative to it.

    Attributes:
        pictures: Files of a format that we read, sorted.
        others: Files of other formats, sorted.
        folders: Every folder.
        notes: What is to be said of it, in sentences.
        opened: What ``decode`` takes for one of the pictures: its path, or its bytes.
    """

    pictures: tuple[PurePosixPath, ...]
    others: tuple[PurePosixPath, ...]
    folders: tuple[PurePosixPath, ...]
    notes: tuple[str, ...]
    opened: Callable[[PurePosixPath], Path | bytes]

    def suffixes(self) -> dict[str, int]:
        """How many files of each suffix are no pictures."""
        counts: dict[str, int] = {}
        for path in self.others:
            suffix = path.suffix.lower()
            counts[suffix] = counts.get(suffix, 0) + 1
        return counts


def is_picture(path: Path) -> bool:
    """Whether the file is of a format we read: by its suffix, or else by its first bytes."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            return is_picture_content(file.read(HEAD))
    except OSError:
        return False


def is_leftover(path: PurePosixPath) -> bool:
    """Whether a path is hidden, or lies in or is what unpacking leaves behind.

    >>> [is_leftover(PurePosixPath(p)) for p in ("__MACOSX/a.png", "a/._b.png", "a/Thumbs.db", "a/b")]
    [True, True, True, False]
    """
    return path.name.lower() in LEFTOVER_FILES or any(
        name.startswith(".") or name.lower() in LEFTOVERS for name in path.parts
    )


def list_folder(base: Path) -> Listing:
    """Everything below ``base`` but hidden files and leftovers.

    Links to files are read as those files. Links to folders are followed where they lead out of
    ``base``; those that lead into it, or round in a ring, would give a picture two places, and are
    passed over, with a warning.

    Raises:
        DataError: If a folder cannot be read.
    """
    walk = _Walk(base.resolve())
    files = sorted(walk.below(base, PurePosixPath()))
    pictures = [path for path in files if is_picture(base / path)]
    kept = set(pictures)
    notes = []
    if walk.leftovers:
        notes.append(f"passed over {', '.join(sorted(walk.leftovers))}, left behind by unpacking")
    if walk.circular:
        some = ", ".join(map(str, walk.circular[:5]))
        notes.append(
            f"passed over {counted(len(walk.circular), 'link')} to folders that are read anyway ({some})"
        )
    if walk.broken:
        some = ", ".join(map(str, walk.broken[:5]))
        notes.append(f"passed over {counted(len(walk.broken), 'link')} to nowhere ({some})")
    return Listing(
        tuple(pictures),
        tuple(path for path in files if path not in kept),
        tuple(walk.folders),
        tuple(notes),
        lambda path: base / path,
    )


class _Walk:
    """A walk over folders that follows links out of them, each place once."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.seen: set[Path] = {base}
        self.folders: list[PurePosixPath] = []
        self.leftovers: set[str] = set()
        self.circular: list[PurePosixPath] = []
        self.broken: list[PurePosixPath] = []

    def below(self, folder: Path, at: PurePosixPath) -> Iterator[PurePosixPath]:
        """The files in ``folder``, which stands at ``at``, and below."""
        with os_errors(folder):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        for entry in entries:
            path = at / entry.name
            if is_leftover(PurePosixPath(entry.name)):
                if entry.name.lower() in LEFTOVERS:
                    self.leftovers.add(entry.name)
            elif entry.is_symlink() and _leads_nowhere(entry):
                self.broken.append(path)
            elif entry.is_dir():
                if self._is_new(Path(entry.path), path, link=entry.is_symlink()):
                    self.folders.append(path)
                    yield from self.below(Path(entry.path), path)
            elif entry.is_file():
                yield path

    def _is_new(self, folder: Path, at: PurePosixPath, *, link: bool) -> bool:
        try:
            real = folder.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise DataError(f"{folder} cannot be read ({error}); check where it leads") from error
        inside = real.is_relative_to(self.base) or self.base.is_relative_to(real)
        if (link and inside) or real in self.seen:
            self.circular.append(at)
            return False
        self.seen.add(real)
        return True


def _leads_nowhere(link: os.DirEntry[str]) -> bool:
    """Whether there is nothing behind a link, or only the link itself."""
    try:
        link.stat()
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno == errno.ELOOP:
            return True
        raise DataError(
            f"{link.path} cannot be read ({error.strerror}); check where it leads"
        ) from error
    return False
