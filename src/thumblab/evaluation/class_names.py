"""Classes of a network and of data meet by their names; positions say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError

LISTED = 10
"""An error lists so many names."""


def labels_by_name(
    labels: NDArray[np.int64], data: Sequence[str], network: Sequence[str], names: tuple[str, str]
) -> NDArray[np.int64]:
    """Labels of data as the network numbers its classes.

    Args:
        labels: Indices into ``data``, ``(n,)``.
        data: Class names of the data, in any order; not all of the network's need be there.
        network: Class names of the network.
        names: What network and data are called, for the error.

    Raises:
        DataError: If the data have a class that the network does not know.

    Example:
        >>> labels_by_name(np.array([0, 1, 0]), ["dog", "cat"], ["cat", "cow", "dog"], ("r", "d"))
        array([2, 0, 2])
    """
    place = {normalize("NFC", name): index for index, name in enumerate(network)}
    found = [place.get(normalize("NFC", name)) for name in data]
    if strange := [name for name, index in zip(data, found, strict=True) if index is None]:
        raise DataError(
            f"{names[1]} has classes that {names[0]} was not trained on ({_some(strange)}): its classes "
            f"are {_some(network)}, those of {names[1]} are {_some(data)}; rename them, or give other data"
        )
    return np.array([index or 0 for index in found], np.int64)[labels]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(map(repr, names[:LISTED])) + more
