"""Labels as people have them (numbers, one-hot rows, names) as class indices and class names."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError

Array = NDArray[Any]

MOST = 1 << 53
"""Numbers from here on are no labels: floats do not tell them apart."""


def to_labels(
    parts: Sequence[Any], classes: Sequence[str] | None = None
) -> tuple[list[NDArray[np.int64]], tuple[str, ...]]:
    """Class indices of each part, and the class names.

    Numbers are indices into ``classes``; without ``classes``, the numbers that the training labels
    (the first part) hold, in order, are the classes, each named by its number. Names are looked up
    in ``classes``, or sorted where there are none. Rows with a single 1 are one-hot.

    Args:
        parts: Labels of each part, the training part first.
        classes: Names of the classes.

    Raises:
        DataError: If labels are neither of these, or one is no class.

    Example:
        >>> found, names = to_labels([["cat", "dog", "cat"]])
        >>> found[0].tolist(), names
        ([0, 1, 0], ('cat', 'dog'))
    """
    values = [_values(part) for part in parts]
    names = None if classes is None else tuple(map(str, _names(classes)))
    if {value.dtype.kind for value in values} == {"U"}:
        known = names or tuple(np.unique(values[0]).tolist())
        return [_looked_up(value, np.array(known)) for value in values], known
    if any(value.dtype.kind == "U" for value in values):
        raise DataError("labels are names in one part and numbers in another; give one kind")
    if names is not None:
        for value in values:
            _check_range(value, names)
        return values, names
    seen = np.unique(values[0])
    if not np.array_equal(seen, np.arange(len(seen))):
        warnings.warn(
            f"labels take the {len(seen)} values {_few(seen)}, which become classes of these names",
            stacklevel=2,
        )
    return [_looked_up(value, seen) for value in values], tuple(map(str, seen.tolist()))


def _values(given: Any) -> Array:
    """Whole numbers or names ``(n,)``."""
    labels = np.asarray(given)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "buif":
        labels = _from_one_hot(labels)
    if labels.ndim != 1:
        raise DataError(f"labels have shape {labels.shape}; give (n,), one for each sample")
    if labels.dtype.kind == "S":
        labels = _decoded(labels)
    if labels.dtype.kind == "O" and all(isinstance(label, str) for label in labels):
        labels = labels.astype(str)
    if labels.dtype.kind == "U":
        return labels
    whole = labels.dtype.kind in "bui" or (
        labels.dtype.kind == "f" and bool((labels == np.rint(labels)).all())
    )
    if not whole:
        raise DataError(f"labels are {labels.dtype}; give whole numbers or names of classes")
    if len(labels) and not -MOST < labels.min() <= labels.max() < MOST:
        raise DataError(
            f"labels run from {labels.min()} to {labels.max()}; give whole numbers below 2 to the 53rd, or "
            "names of classes"
        )
    return labels.astype(np.int64)


def _names(classes: Sequence[Any]) -> list[Any]:
    """Names of classes as text, those that are bytes too."""
    return [
        name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in classes
    ]


def _decoded(labels: Array) -> Array:
    try:
        return np.char.decode(labels, "utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"labels hold {error.object!r}, which is not UTF-8; save them as text"
        ) from None


def _from_one_hot(rows: Array) -> NDArray[np.int64]:
    if not (np.isin(rows, (0, 1)).all() and (rows.sum(1) == 1).all()):
        raise DataError(
            f"labels have shape {rows.shape}, but their rows are not one-hot; give one class for each "
            "sample"
        )
    warnings.warn(f"labels of shape {rows.shape} are read as one-hot rows", stacklevel=2)
    found: NDArray[np.int64] = rows.argmax(1)
    return found


def _looked_up(values: Array, known: Array) -> NDArray[np.int64]:
    strange = np.setdiff1d(values, known)
    if len(strange):
        raise DataError(
            f"labels hold {_few(strange)}, which no training label is or no class is named; the "
            f"classes are {_few(known)}"
        )
    order = np.argsort(known)
    return order[np.searchsorted(known, values, sorter=order)].astype(np.int64)


def _check_range(values: Array, names: Sequence[str]) -> None:
    if len(values) and not 0 <= values.min() <= values.max() < len(names):
        raise DataError(
            f"labels run from {values.min()} to {values.max()}, but there are {len(names)} classes, so "
            f"0 to {len(names) - 1} exist"
        )


def _few(values: Array) -> str:
    shown = ", ".join(map(str, values[:10].tolist()))
    return shown + (f" and {len(values) - 10} more" if len(values) > 10 else "")
