"""What every metric asks of its arrays before it counts anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def check_guesses(guesses: Array, labels: Array, classes: int | None = None) -> None:
    """Raises ``ValueError`` unless both are class indices below ``classes``, one a sample."""
    if guesses.shape != labels.shape or labels.ndim != 1 or not len(labels):
        raise ValueError(
            f"guesses have shape {guesses.shape} and labels {labels.shape}; give both (n,), "
            "one for each of at least one sample"
        )
    for name, array in (("guesses", guesses), ("labels", labels)):
        _check_indices(name, array, classes)


def check_logits(logits: Array, labels: Array) -> None:
    """Raises ``ValueError`` unless these are finite logits ``(n, classes)`` and labels ``(n,)``."""
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or 0 in logits.shape:
        raise ValueError(
            f"logits have shape {logits.shape} and labels {labels.shape}; give (n, classes) and "
            "(n,), of at least one sample and one class"
        )
    if not np.isfinite(logits).all():
        raise ValueError("logits hold NaN or infinity; the network that wrote them has diverged")
    _check_indices("labels", labels, logits.shape[1])


def _check_indices(name: str, array: Array, classes: int | None) -> None:
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} are {array.dtype}; give integer class indices")
    low, high = int(array.min()), int(array.max())
    if low < 0 or (classes is not None and high >= classes):
        raise ValueError(
            f"{name} run from {low} to {high}; give class indices from 0 to "
            f"{'classes' if classes is None else classes} - 1"
        )


def check_groups(logits: Array, labels: Array, groups: Array) -> None:
    """Raises ``ValueError`` unless these are logits, labels and a group index for each class."""
    check_logits(logits, labels)
    if groups.shape != logits.shape[1:]:
        raise ValueError(
            f"groups have shape {groups.shape} but logits {logits.shape}; give a group for each "
            f"of {logits.shape[1]} classes"
        )
    _check_indices("groups", groups, None)


def check_matrix(matrix: Array) -> None:
    """Raises ``ValueError`` unless this is a confusion matrix ``(classes, classes)``."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"the matrix has shape {matrix.shape}; give (classes, classes)")


def check_features(features: Array) -> Array:
    """Features as float64 ``(n, features)``; raises ``ValueError`` unless they are finite and there."""
    if features.ndim < 2 or not features.size:
        raise ValueError(
            f"features have shape {features.shape}; give (n, features) or (n, channels, height, "
            "width), of at least one sample"
        )
    rows = features.reshape(len(features), -1).astype(np.float64)
    if not np.isfinite(rows).all():
        raise ValueError("features hold NaN or infinity; the network that made them has diverged")
    return rows


def check_labels(labels: Array, count: int) -> None:
    """Raises ``ValueError`` unless these are class indices, one for each of ``count`` samples."""
    if labels.shape != (count,):
        raise ValueError(f"labels have shape {labels.shape}; give one for each of {count} samples")
    _check_indices("labels", labels, None)
