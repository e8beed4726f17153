"""Parquet files of pictures, as Hugging Face keeps data sets: an image's bytes and a label a row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from thumblab.core.errors import DataError
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.label_values import to_labels
from thumblab.data.sources.layout import Entry, Layout
from thumblab.data.sources.listing import Listing
from thumblab.data.sources.part_names import role_of
from thumblab.data.sources.sorted_pictures import Pictures, base_of, read_sorted

IMAGES = ("image", "img", "picture", "pixels")
LABELS = ("label", "labels", "fine_label", "class", "target", "coarse_label")
ROWS_AT_ONCE = 256
MOST_BYTES = 1 << 30
"""Pictures are held in memory, packed as they are; they may not be more."""


@dataclass(frozen=True)
class Parquet(Pictures, DatasetSpec):
    """A Parquet file, or a folder of such: ``train-00000-of-00001.parquet``, ``test-...``.

    It takes pyarrow: ``pip install 'thumblab[parquet]'``. The other fields are those of ``Pictures``.

    Attributes:
        label: Name of the column of labels, where there are several.
    """

    label: str = ""

    def __post_init__(self) -> None:
        self.check()


@read.register
def _read_parquet(source: Parquet, root: Path | None = None) -> Dataset:
    base = base_of(source.path, root)
    with os_errors(base):
        files = sorted(base.rglob("*.parquet")) if base.is_dir() else [base]
        files = [file for file in files if file.is_file()]
    if not files:
        raise DataError(f"{base} holds no Parquet file; give one, or a folder of such")
    pictures: dict[PurePosixPath, bytes] = {}
    rows: dict[str, list[tuple[PurePosixPath, Any]]] = {}
    names: tuple[str, ...] | None = None
    for file in files:
        role = role_of(file.stem) or role_of(file.parent.name) or "training"
        found, some = _rows(file, source.label)
        names = names or found
        for number, (picture, label) in enumerate(some):
            path = PurePosixPath(file.name, str(number))
            pictures[path] = picture
            rows.setdefault(role, []).append((path, label))
        if sum(map(len, pictures.values())) > MOST_BYTES:
            raise DataError(
                f"{base} holds over {MOST_BYTES:,} bytes of pictures; give a part of it"
            )
    listing = Listing(tuple(pictures), (), (), (), pictures.__getitem__)
    return read_sorted(base.stem, str(base), listing, _layout(rows, names, base), source)


def _layout(
    rows: dict[str, list[tuple[PurePosixPath, Any]]], names: tuple[str, ...] | None, base: Path
) -> Layout:
    if "training" not in rows:
        raise DataError(f"{base} has no part to train on ({', '.join(rows)}); add its train file")
    order = sorted(rows, key=lambda role: role != "training")
    labels, classes = to_labels([[label for _, label in rows[role]] for role in order], names)
    entries: dict[str, list[Entry]] = {
        role: list(zip([path for path, _ in rows[role]], found.tolist(), strict=True))
        for role, found in zip(order, labels, strict=True)
    }
    return Layout(classes, entries, ())


def _rows(file: Path, label: str) -> tuple[tuple[str, ...] | None, list[tuple[bytes, Any]]]:
    """Class names, if the file knows them, and picture and label of each row."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise DataError(
            f"{file} is Parquet, which pyarrow reads; install it with pip install 'thumblab[parquet]'"
        ) from None
    try:
        with ParquetFile(file) as table:
            there = table.schema_arrow.names
            image = _column(there, IMAGES, "pictures", file)
            column = _column(there, (label,) if label else LABELS, "labels", file)
            found = [
                (_bytes(row[image], file), row[column])
                for batch in table.iter_batches(ROWS_AT_ONCE, columns=[image, column])
                for row in batch.to_pylist()
            ]
            return _class_names(table.schema_arrow.metadata or {}, column), found
    except (ArrowException, OSError) as error:
        raise DataError(
            f"{file} is no Parquet file, or is damaged ({error}); get it again"
        ) from None


def _column(there: list[str], names: tuple[str, ...], what: str, file: Path) -> str:
    for name in names:
        if name in there:
            return name
    raise DataError(
        f"{file} has the columns {', '.join(there)}, none of which holds {what} ({', '.join(names)})"
    )


def _bytes(cell: Any, file: Path) -> bytes:
    data = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(data, bytes):
        raise DataError(f"{file} has rows without a picture's bytes; save them with their bytes")
    return data


def _class_names(metadata: dict[bytes, bytes], column: str) -> tuple[str, ...] | None:
    """What Hugging Face notes of a column of labels."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return tuple(map(str, features[column]["names"]))
    except (KeyError, TypeError, ValueError):
        return None
