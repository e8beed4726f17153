"""The Python version of CIFAR, as the records of the binary version.

A batch is a pickled dict with ``data`` (uint8, a row of 3072 pixels for each image) and labels;
``meta`` names the classes. It is read by ``closed_pickle``, which can run nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.data.distribution import Distribution
from thumblab.data.sources.closed_pickle import plain_data

PIXELS = 3 * 32 * 32

META10, META100 = "batches.meta", "meta"

PYTHON10 = Distribution(
    name="cifar10",
    folders=("cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py"),
    archive="cifar-10-python.tar.gz",
    more_archives=("cifar-10-batches-py.tar.gz", "cifar-10-batches-py-target_archive"),
)

PYTHON100 = Distribution(
    name="cifar100",
    folders=("cifar-100-python", "cifar-100-python-target/cifar-100-python"),
    archive="cifar-100-python.tar.gz",
    more_archives=("cifar-100-python-target_archive",),
)
"""The last folder and archive of each are those of newer versions of Keras."""


def binary_files(
    files: Mapping[str, bytes], meta: str, text: Mapping[str, str], labels: Sequence[str]
) -> dict[str, bytes]:
    """The files of the binary version, by their names there.

    Args:
        files: Batches and ``meta``, by name.
        meta: Which of them names the classes.
        text: Entry of ``meta`` for each file of class names.
        labels: Entries of a batch that are its label bytes, in the order of a record.

    Raises:
        DataError: If a file is damaged, no plain data, or not what CIFAR has there.
    """
    named = plain_data(files[meta], meta)
    found = {file: _names(named, entry, meta) for file, entry in text.items()}
    for name, data in files.items():
        if name != meta:
            found[f"{name}.bin"] = _records(plain_data(data, name), labels, name)
    return found


def _names(named: Mapping[str, Any], entry: str, meta: str) -> bytes:
    names = named.get(entry)
    if not isinstance(names, list | tuple) or not all(isinstance(n, str | bytes) for n in names):
        raise DataError(f"{meta} has no list {entry}; get the official file")
    texts = [n.decode("utf-8", "replace") if isinstance(n, bytes) else n for n in names]
    return "".join(f"{text}\n" for text in texts).encode()


def _records(batch: Mapping[str, Any], labels: Sequence[str], name: str) -> bytes:
    pixels = batch.get("data")
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim < 2:
        raise DataError(f"{name} has no array of bytes called data; get the official file")
    rows = pixels.reshape(len(pixels), -1)
    if rows.shape[1] != PIXELS:
        raise DataError(f"{name} has images of {rows.shape[1]:,} values, not {PIXELS:,}")
    columns = [_column(batch.get(entry), entry, len(rows), name) for entry in labels]
    return np.concatenate([*columns, rows], axis=1).tobytes()


def _column(values: Any, entry: str, count: int, name: str) -> NDArray[np.uint8]:
    found = np.asarray(values if isinstance(values, list | np.ndarray) else [])
    whole = found.shape == (count,) and found.dtype.kind in "iu"
    if not whole or (count and not 0 <= found.min() <= found.max() < 256):
        raise DataError(f"{name} has no {count:,} labels called {entry}; get the official file")
    return found.astype(np.uint8)[:, None]
