"""Pictures that lie in folders, or in an archive, as a data set."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import LOCATES
from thumblab.data.dataset import CHANNELS, Dataset, Split
from thumblab.data.flat import flat_pictures
from thumblab.data.pictures.fit import check_fit
from thumblab.data.pictures.picture import open_picture, size
from thumblab.data.reading import Reading, counted, listed
from thumblab.data.sources.layout import Entry, Layout
from thumblab.data.sources.listing import Listing

T = TypeVar("T")


@dataclass(frozen=True)
class Pictures:
    """What all sources of picture files have in common.

    Attributes:
        path: The folder or file; empty means the one given as ``root``. A relative path starts
            there. Where it lies names no run: what it holds does.
        side: Pixels a side; every picture is stretched to ``side x side``. None keeps the
            pictures as they are, and then all must have one size.
        channels: 1 for gray, 3 for color.
        size: Height and width of pictures that are not square; takes the place of ``side``.
        fit: How a picture gets these sides: stretch, crop (the middle is kept) or pad.
        skip_bad: Whether pictures that cannot be used are left out, with a warning, and recorded;
            otherwise they are an error.
    """

    path: str = field(default="", metadata={LOCATES: True})
    side: int | None = 32
    channels: int = 3
    size: tuple[int, ...] = ()
    fit: str = "stretch"
    skip_bad: bool = False

    def check(self) -> None:
        """Raises ``UsageError`` if a field is out of its range."""
        if self.channels not in CHANNELS:
            raise UsageError(f"channels is {self.channels}; give 1 for gray or 3 for color")
        if self.side is not None and self.side < 1:
            raise UsageError(f"side is {self.side}; give 1 pixel or more")
        if self.size and (len(self.size) != 2 or min(self.size) < 1):
            raise UsageError(f"size is {self.size}; give a height and a width of 1 pixel or more")
        check_fit(self.fit)

    @property
    def sides(self) -> tuple[int, int] | None:
        """Height and width of the samples; None for those of the pictures."""
        if self.size:
            return self.size[0], self.size[1]
        return None if self.side is None else (self.side, self.side)


@dataclass(eq=False)
class _Met:
    """What was met while pictures were read."""

    bad: dict[PurePosixPath, str] = field(default_factory=dict)
    sizes: dict[PurePosixPath, tuple[int, int]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    flat: list[str] = field(default_factory=list)


def read_sorted(
    name: str, where: str, listing: Listing, layout: Layout, wanted: Pictures
) -> Dataset:
    """The data set of these pictures; what was met on the way is warned of and kept with it.

    Args:
        name: Name of the data set.
        where: The folder or archive, for messages.
        listing: Its files.
        layout: Pictures and labels of each part, ``training`` among them.
        wanted: How pictures become samples.

    Raises:
        DataError: If pictures cannot be used, and none is to be skipped; all of them are named.
    """
    met, parts = _Met(), layout.parts
    for path in (path for entries in parts.values() for path, _ in entries):
        _tried(met, path, lambda path: met.sizes.update({path: size(listing.opened(path))}))
    shape = (wanted.channels, *(wanted.sides or _one_size(met)))
    found = {
        role: _part(listing, entries, shape, wanted.fit, met) for role, entries in parts.items()
    }
    if met.bad and not wanted.skip_bad:
        raise DataError(
            f"{where} has {len(met.bad):,} unusable pictures; mend or remove them, or leave "
            f"them out with skip_bad:{listed([*met.bad.values()])}"
        )
    reading = _reading(listing, layout, met)
    _tell(reading, where)
    _check_left(where, layout.classes, found)
    return Dataset(
        name,
        found["training"],
        found.get("test"),
        layout.classes,
        validation=found.get("validation"),
        reading=reading,
    )


def _reading(listing: Listing, layout: Layout, met: _Met) -> Reading:
    extremes = sorted(met.sizes.values(), key=lambda sides: (sides[0] * sides[1], sides))
    return Reading(
        files={
            role: tuple(str(path) for path, _ in entries if path not in met.bad)
            for role, entries in layout.parts.items()
        },
        smallest=extremes[0] if extremes else None,
        largest=extremes[-1] if extremes else None,
        passed_over=listing.suffixes(),
        skipped=tuple(met.bad.values()),
        notes=(*listing.notes, *layout.notes, *_notes(met)),
    )


def _check_left(where: str, classes: tuple[str, ...], found: dict[str, Split]) -> None:
    """Refuses what skipping has emptied."""
    left = set(found["training"].labels.tolist())
    if empty := [name for label, name in enumerate(classes) if label not in left]:
        raise DataError(
            f"{where} has classes of which every picture is unusable ({', '.join(empty)}); mend some"
        )


def _tried(met: _Met, path: PurePosixPath, function: Callable[[PurePosixPath], T]) -> T | None:
    try:
        return function(path)
    except DataError as error:
        met.bad.setdefault(path, str(error).replace("the picture", str(path), 1))
        return None


def _one_size(met: _Met) -> tuple[int, int]:
    first = next(iter(met.sizes.values()), (1, 1))
    for path, (high, wide) in met.sizes.items():
        if (high, wide) != first:
            text = f"{path} is {wide} x {high} pixels, the first one {first[1]} x {first[0]}"
            met.bad.setdefault(path, text)
    return first


def _part(
    listing: Listing, entries: list[Entry], shape: tuple[int, int, int], fit: str, met: _Met
) -> Split:
    channels, height, width = shape
    images = np.empty((len(entries), height, width, channels), np.uint8)
    labels = np.empty(len(entries), np.int64)
    names, count = [], 0
    for path, label in entries:
        if path in met.bad:
            continue
        picture = _tried(met, path, lambda path: open_picture(listing.opened(path)))
        if picture is None:
            continue
        for note in picture.notes:
            met.notes.setdefault(re.sub(r"[\d.,]+", "#", note), []).append(f"{path} {note}")
        images[count] = picture.pixels(shape, fit)
        labels[count] = label
        names.append(path)
        count += 1
    met.flat += flat_pictures(images[:count], names)
    return Split(images[:count].copy() if count < len(entries) else images, labels[:count].copy())


def _notes(met: _Met) -> list[str]:
    """Of notes that repeat from picture to picture, the first, and how many there are."""
    values = [
        lines[0] + (f"; so do {len(lines) - 1:,} more" if len(lines) > 1 else "")
        for lines in met.notes.values()
    ]
    if met.flat:
        some = ", ".join(met.flat[:5]) + (" and others" if len(met.flat) > 5 else "")
        count = counted(len(met.flat), "picture")
        values.append(f"{count} of one color all over once converted, which say nothing: {some}")
    return values


def _tell(reading: Reading, where: str) -> None:
    if reading.passed_over:
        warnings.warn(
            f"{where}: passed over {counted(sum(reading.passed_over.values()), 'file')} of other kinds "
            f"than pictures: {reading.left_out}",
            stacklevel=2,
        )
    if reading.skipped:
        count = len(reading.skipped)
        some = "; ".join(reading.skipped[:3]) + (f"; and {count - 3:,} more" if count > 3 else "")
        warnings.warn(
            f"{where}: left out {counted(count, 'unusable picture')}: {some}", stacklevel=2
        )
    for note in reading.notes:
        warnings.warn(note, stacklevel=2)


def base_of(path: str, root: Path | None) -> Path:
    """The folder or archive that a source names, ``~`` and a relative path resolved.

    Raises:
        DataError: If none is named, or ``~`` has no home.
    """
    if not (path or root):
        raise DataError(
            "no folder of pictures was named; give one as path or as root", remedies=("root",)
        )
    try:
        return Path(root or "", path).expanduser()
    except RuntimeError as error:
        raise DataError(f"{path} has no home folder ({error}); name it in full") from error
