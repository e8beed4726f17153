"""A data set to test on: a folder of classes without parts is a test part as a whole."""

from __future__ import annotations

import warnings
from pathlib import Path

from thumblab.data.dataset import Dataset
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.folder import Folder, read_folder
from thumblab.data.sources.packed import Packed, read_packed


def read_to_test(source: DatasetSpec, root: Path | str | None = None, seen: str = "") -> Dataset:
    """What ``read`` gives; of a folder without a test part, all pictures are that.

    One class is enough there, and a folder that holds a test part alone. A warning says that all
    pictures are tested on.

    Args:
        source: Which data set.
        root: Where its files lie.
        seen: Fingerprint of the data that the network was trained on. They are left as they are,
            for those pictures are no test.
    """
    root = None if root is None else Path(root)
    if isinstance(source, Folder):
        dataset = read_folder(source, root, least=1)
    elif isinstance(source, Packed):
        dataset = read_packed(source, root, least=1)
    else:
        return read(source, root)
    if dataset.test is not None or dataset.fingerprint == seen:
        return dataset.read_from(source)
    whole = Dataset(
        dataset.name,
        dataset.train,
        dataset.train,
        dataset.classes,
        reading=dataset.reading,
    )
    warnings.warn(
        f"{dataset.name} has no parts, so all its {len(dataset.train):,} pictures are tested on",
        stacklevel=2,
    )
    return whole
