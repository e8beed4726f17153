"""A folder of your own pictures: one sub-folder a class, perhaps inside ``train`` and ``test``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from thumblab.core.errors import DataError, UsageError
from thumblab.data.dataset import CHANNELS, Dataset, Part
from thumblab.data.find import find
from thumblab.data.fit import check_fit
from thumblab.data.picture import decode, size
from thumblab.data.readable import readable
from thumblab.data.source import Source, read

LISTED = 20
"""So many bad files are named in one error; the others are counted."""

Entry = tuple[Path, int]
"""A picture and its label."""

T = TypeVar("T")


@dataclass(frozen=True)
class Folder(Source):
    """Pictures sorted into sub-folders whose names, in sorted order, are the classes.

    Pictures may lie deeper inside a class. If there is a sub-folder ``train`` that itself holds
    sub-folders, the classes are looked for in ``train`` and, if it exists, in ``test``.
    Hidden files, and files without the suffix of a picture, are passed over.

    Attributes:
        path: The folder; empty means the one given by ``--from``. A relative path starts there.
        side: Pixels a side; every picture is stretched to ``side x side``. None keeps the
            pictures as they are, and then all must have one size.
        size: Height and width of pictures that are not square; takes the place of ``side``.
        fit: How a picture gets these sides: stretch, crop (the middle is kept) or pad.
        channels: 1 for grey, 3 for colour.
    """

    path: str = ""
    side: int | None = 32
    channels: int = 3
    size: tuple[int, ...] = ()
    fit: str = "stretch"

    def __post_init__(self) -> None:
        if self.channels not in CHANNELS:
            raise UsageError(f"channels is {self.channels}; give 1 for grey or 3 for colour")
        if self.side is not None and self.side < 1:
            raise UsageError(f"side is {self.side}; give 1 pixel or more")
        if self.size and (len(self.size) != 2 or min(self.size) < 1):
            raise UsageError(f"size is {self.size}; give a height and a width of 1 pixel or more")
        check_fit(self.fit)


@read.register
def _read_folder(source: Folder, root: Path | None = None) -> Dataset:
    if not (source.path or root):
        raise DataError("no folder of pictures was named; give one with --from FOLDER")
    try:
        base = Path(root or "", source.path).expanduser()
    except RuntimeError as error:
        raise DataError(f"{source.path} has no home folder ({error}); name it in full") from error
    with readable(base):
        there = base.is_dir()
    if not there:
        raise DataError(f"{base} is not a folder; give one that holds a sub-folder for each class")
    train, test = _layout(base)
    classes = tuple(sorted(folder.name for folder in _folders(train)))
    entries = list(_entries(train, classes, must_fill=True))
    held_out = [] if test is None else list(_entries(test, classes, must_fill=False))
    shape = _shape(source, entries + held_out)
    bad: list[str] = []
    parts = [_part(part, shape, source.fit, bad) for part in (entries, held_out)]
    _refuse(bad, base)
    names = tuple(name.encode("utf-8", "replace").decode() for name in classes)
    return Dataset(base.resolve().name, parts[0], parts[1] if held_out else None, names)


def _layout(base: Path) -> tuple[Path, Path | None]:
    """The folders whose sub-folders are classes: of the training part, and of the test part."""
    names = {folder.name for folder in _folders(base)}
    if "train" not in names or not _folders(base / "train"):
        return base, None
    if others := sorted(names - {"train", "test"}):
        raise DataError(
            f"{base} has {', '.join(others)} beside train; only train and test are read, so move "
            "the others away or into train"
        )
    return base / "train", base / "test" if "test" in names else None


def _folders(base: Path) -> list[Path]:
    """Visible sub-folders; a link back to ``base`` or above it is none."""
    with readable(base):
        found = [path for path in base.iterdir() if path.is_dir() and path.name[0] != "."]
    return [path for path in found if not base.resolve().is_relative_to(path.resolve())]


def _entries(base: Path, classes: tuple[str, ...], *, must_fill: bool) -> Iterator[Entry]:
    if must_fill and len(classes) < 2:
        raise DataError(
            f"{base} has {len(classes)} sub-folders with classes; give at least 2, one a class"
        )
    folders = sorted(_folders(base))
    if strange := [folder.name for folder in folders if folder.name not in classes]:
        raise DataError(
            f"{base} has classes that train has not ({', '.join(strange)}); rename them"
        )
    pictures = {folder.name: find([folder]) for folder in folders}
    if must_fill and (empty := [name for name in classes if not pictures[name]]):
        raise DataError(
            f"{base} has classes without a picture ({', '.join(empty)}); fill or remove them"
        )
    for folder in folders:
        yield from ((path, classes.index(folder.name)) for path in pictures[folder.name])


def _shape(source: Folder, entries: list[Entry]) -> tuple[int, int, int]:
    if source.size:
        return source.channels, source.size[0], source.size[1]
    if source.side is not None:
        return source.channels, source.side, source.side
    bad: list[str] = []
    sizes = {path: found for path, _ in entries if (found := _tried(bad, size, path))}
    first = next(iter(sizes.values()), (1, 1))
    bad += [
        f"{path} is {wide} x {high} pixels, the first one {first[1]} x {first[0]}"
        for path, (high, wide) in sizes.items()
        if (high, wide) != first
    ]
    _refuse(bad, Path(source.path))
    return source.channels, *first


def _tried(bad: list[str], function: Callable[[Path], T], path: Path) -> T | None:
    try:
        return function(path)
    except DataError as error:
        bad.append(str(error))
        return None


def _part(entries: list[Entry], shape: tuple[int, int, int], fit: str, bad: list[str]) -> Part:
    channels, height, width = shape
    images = np.empty((len(entries), height, width, channels), np.uint8)
    for image, (path, _) in zip(images, entries, strict=True):
        pixels = _tried(bad, lambda path: decode(path, shape, fit=fit), path)
        if pixels is not None:
            image[:] = pixels
    return Part(images, np.array([label for _, label in entries], np.int64))


def _refuse(bad: list[str], base: Path) -> None:
    if bad:
        more = f"\n  and {len(bad) - LISTED} more" if len(bad) > LISTED else ""
        listed = "".join(f"\n  {reason}" for reason in bad[:LISTED])
        raise DataError(f"{base} has {len(bad)} unusable pictures; mend or remove:{listed}{more}")
