"""A table that lists pictures and their classes, beside the pictures, as Kaggle hands them out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.reading import counted, listed
from thumblab.data.sources.class_names import class_names
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.layout import Entry, Layout
from thumblab.data.sources.listing import Listing, list_folder
from thumblab.data.sources.part_names import role_of
from thumblab.data.sources.sorted_pictures import Pictures, base_of, read_sorted

FILES = "file filename file_name filepath file_path image image_name image_id img path id name"
LABELS = "label labels class class_name category target breed species diagnosis"
PARTS = "split part subset set data_set"
"""Usual names of the three columns, in the order in which they are looked for."""

FILE_BYTES = 1 << 27


@dataclass(frozen=True)
class LabelsCsv(Pictures, DatasetSpec):
    """A CSV with a picture and its class in each line; pictures lie beside it or below.

    Columns go by their usual names, such as ``image,label`` or ``id,breed``; a column ``split`` may name
    the part. A picture is named by its path, its name, or its name without suffix. Pictures that the
    table does not list are not used, with a warning. The other fields are those of ``Pictures``.

    Attributes:
        file: Name of the column of files, where it is an unusual one.
        label: Name of the column of classes, likewise.
    """

    file: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        self.check()


@read.register
def _read_labels_csv(source: LabelsCsv, root: Path | None = None) -> Dataset:
    path = base_of(source.path, root)
    with os_errors(path):
        there = path.is_file()
        if there and path.stat().st_size > FILE_BYTES:
            raise DataError(
                f"{path} has over {FILE_BYTES:,} bytes; give a table of files and classes"
            )
    if not there:
        raise DataError(f"{path} is not a file; give a CSV of files and classes")
    head, rows = _table(path)
    file = _column(head, source.file, FILES, "files", path)
    label = _column(head, source.label, LABELS, "classes", path, taken=file)
    part = next((i for i, name in enumerate(head) if name.lower() in PARTS.split()), None)
    listing = list_folder(path.parent)
    others = tuple(each for each in listing.others if each != PurePosixPath(path.name))
    listing = replace(listing, others=others)
    picked = [(row[file], row[label].strip(), "" if part is None else row[part]) for row in rows]
    layout = _layout(path, picked, listing)
    return read_sorted(path.parent.resolve().name, str(path), listing, layout, source)


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 ({error.reason}); save it as UTF-8") from None
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=sign) if any(row)]
    except csv.Error as error:
        raise DataError(f"{path} is no table ({error}); save it as CSV") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise DataError(f"{path} has no lines of a file and its class under a line of names")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise DataError(
                f"{path}, line {number}, has {len(row)} values, the first line {len(rows[0])}; mend it"
            )
    return [name.strip() for name in rows[0]], rows[1:]


def _column(
    head: list[str], given: str, usual: str, what: str, path: Path, taken: int | None = None
) -> int:
    """Which column holds the files, or the classes: the one given, or the first with a usual name."""
    plain = [name.lower().replace(" ", "_") for name in head]
    wanted = [given.lower()] if given else usual.split()
    for name in wanted:
        if name in plain and plain.index(name) != taken:
            return plain.index(name)
    if taken is not None and len(head) == 2 and not given:
        return 1 - taken
    shown = ", ".join(head[:10]) + (f" and {len(head) - 10:,} more" if len(head) > 10 else "")
    raise DataError(
        f"{path} has the columns {shown}, none of which is known to hold {what}; name it: "
        f"{'label' if what == 'classes' else 'file'}=COLUMN"
    )


def _layout(path: Path, rows: Sequence[tuple[str, str, str]], listing: Listing) -> Layout:
    names = _Names(listing.pictures)
    classes = class_names({"training": sorted({label for _, label, _ in rows})}, str(path))
    entries: dict[str, list[Entry]] = {}
    labels: dict[PurePosixPath, str] = {}
    bad: list[str] = []
    for file, label, part in rows:
        found = names.find(file, path.stem)
        role = role_of(part) if part else "training"
        if isinstance(found, str) or role is None:
            bad.append(f"{file} {found}" if role else f"{file} is of an unknown part {part!r}")
        elif labels.setdefault(found, label) != label:
            bad.append(f"{file} is listed as {labels[found]} and as {label}")
        else:
            entries.setdefault(role, []).append((found, classes.of[label]))
    if bad:
        raise DataError(
            f"{path} has {len(bad):,} lines that fit no picture; mend them:{listed(bad)}"
        )
    if "training" not in entries or len(classes.names) < 2:
        raise DataError(f"{path} lists {len(classes.names)} classes to train on; give 2 or more")
    left = len(listing.pictures) - len(labels)
    beside = f"{counted(left, 'picture')} beside {path.name} not listed there: not used"
    return Layout(classes.names, entries, (*([beside] if left else ()), *classes.notes))


class _Names:
    """Pictures by the ways in which a table may name them."""

    def __init__(self, pictures: Sequence[PurePosixPath]) -> None:
        self.paths = set(pictures)
        self.by_name: dict[str, list[PurePosixPath]] = {}
        for path in pictures:
            for name in {path.name, path.stem}:
                self.by_name.setdefault(name, []).append(path)
        self.twice = Counter({name: len(paths) for name, paths in self.by_name.items()})

    def find(self, given: str, stem: str) -> PurePosixPath | str:
        """The picture that a table called ``stem`` names, or why there is none."""
        path = PurePosixPath(given.strip().replace("\\", "/"))
        if path in self.paths:
            return path
        found = self.by_name.get(path.name, [])
        near = [each for each in found if str(each).endswith(f"/{path}")]
        own = [each for each in found if each.parts[0].lower() == stem.lower()]
        for some in (near, own, found):
            if len(some) == 1:
                return some[0]
        return "is there several times" if found else "is no picture beside it"
