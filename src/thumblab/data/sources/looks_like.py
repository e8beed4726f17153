"""What a folder that is no folder of classes holds instead, and how that is read."""

from __future__ import annotations

import re
from pathlib import Path

from thumblab.data.sources.file_names import class_of
from thumblab.data.sources.listing import Listing

_KNOWN = (
    (r"fashion.*(?:^|/)(?:train|t10k)-(?:images|labels)[.-]idx[13]-ubyte", "fashion_mnist"),
    (r"(?:^|/)(?:train|t10k)-(?:images|labels)[.-]idx[13]-ubyte", "mnist"),
    (r"(?:^|/)emnist-(\w+)-train(?:-images|-labels|\.csv)", "emnist:split={}"),
    (r"(?:^|/)fashion-mnist_train\.csv", "fashion_mnist"),
    (r"(?:^|/)mnist_train\.csv", "mnist"),
    (r"(?:^|/)cifar-10-(?:batches|binary|python)", "cifar10"),
    (r"(?:^|/)cifar-100-(?:binary|python)", "cifar100"),
)
"""Paths of known data sets, and their names."""


def suggestion(listing: Listing, base: Path) -> str:
    """How to read what lies in ``base``, or nothing where that is not known.

    It is the end of a sentence: ``it holds the files of mnist: name that data set ...``.
    """
    others = [str(path) for path in listing.others]
    for pattern, name in _KNOWN:
        for path in (*others, str(base / "x")):
            if found := re.search(pattern, path, re.IGNORECASE):
                known = name.format(*(word.lower() for word in found.groups()))
                return f"it holds the files of {known}: name that data set, and this as its folder"
    tables = [path for path in others if path.lower().endswith(".csv")]
    if tables and listing.pictures:
        return f"if {tables[0]} lists their classes, name labels_csv:path={base / tables[0]}"
    ends = {Path(path).suffix.lower(): path for path in others}
    if ".parquet" in ends:
        return f"it holds Parquet files: name parquet:path={base}"
    for end in (".npz", ".zip", ".tar", ".tgz", ".gz"):
        if end in ends and not listing.pictures:
            return f"it holds {ends[end]}: name that file"
    named = [name for path in listing.pictures if (name := class_of(path.stem))]
    if len(set(named)) > 1 and 2 * len(named) >= len(listing.pictures):
        return f"if the names of its pictures begin with their classes, name file_names:path={base}"
    return ""
