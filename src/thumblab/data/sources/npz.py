"""NumPy's ``.npz`` of images and labels, under the names that people give them."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from thumblab.core import npy
from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import LOCATES
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.sources.archive import members
from thumblab.data.sources.assembled import assembled
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.sorted_pictures import base_of

IMAGES, LABELS = (
    ("x", "images", "image", "data", "imgs"),
    ("y", "labels", "label", "targets", "target"),
)
PARTS = {
    "training": ("train", "training", "tr"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
CLASSES = ("classes", "class_names", "label_names", "labels_names", "names")

Array = NDArray[Any]


@dataclass(frozen=True)
class Npz(DatasetSpec):
    """An ``.npz`` with arrays such as ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

    ``train_images`` and ``train_labels``, ``images`` and ``labels``, ``X`` and ``y`` and their kin are
    understood; types, ranges and axes as ``Arrays`` does it. Arrays of objects are not read.

    Attributes:
        path: The file; empty means the one given as ``root``. A relative path starts there.
        axes: ``NHW``, ``NHWC`` or ``NCHW``, where the shape leaves it open.
        span: The values of black and white, where the type leaves them open.
    """

    path: str = field(default="", metadata={LOCATES: True})
    axes: str | None = None
    span: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.span and len(self.span) != 2:
            raise UsageError(f"span is {self.span}; give the values of black and white")


@read.register
def _read_npz(source: Npz, root: Path | None = None) -> Dataset:
    path = base_of(source.path, root)
    with os_errors(path):
        there = path.is_file()
    if not there:
        raise DataError(f"{path} is not a file; give an .npz")
    arrays = load(path)
    by_name = {name.lower(): array for name, array in arrays.items()}
    given = {part: _pair(by_name, part) for part in PARTS}
    if given["training"][0] is None:
        raise DataError(
            f"{path} holds {', '.join(sorted(arrays)) or 'nothing'}, none of which is named as training "
            "images are (x_train, train_images, images); rename them"
        )
    names = next((by_name[name] for name in CLASSES if name in by_name), None)
    used = {id(array) for array in (names, *(each for pair in given.values() for each in pair))}
    if left := [name for name, array in arrays.items() if id(array) not in used]:
        warnings.warn(
            f"{path} also holds {', '.join(sorted(left))}, which is not read; names of classes are "
            f"read from an array called {', '.join(CLASSES)}",
            stacklevel=2,
        )
    classes = None if names is None else names.ravel().tolist()
    span = (source.span[0], source.span[1]) if source.span else None
    found = assembled(given, classes, path.stem, source.axes, span)
    assert found is not None  # its training part is there
    return found


def _pair(arrays: Mapping[str, Array], part: str) -> tuple[Array | None, Array | None]:
    """Images and labels of a part, under the first of their usual names."""

    def named(kinds: tuple[str, ...]) -> Array | None:
        spelled = [
            f"{first}{sign}{second}"
            for word in PARTS[part]
            for kind in kinds
            for first, second in ((kind, word), (word, kind))
            for sign in ("_", "", "-")
        ]
        alone = kinds if part == "training" else ()
        return next((arrays[name] for name in (*spelled, *alone) if name in arrays), None)

    return named(IMAGES), named(LABELS)


class _Arrays:
    """Members of an ``.npz`` that are arrays."""

    def __contains__(self, member: object) -> bool:
        return str(member).endswith(".npy")


def load(path: Path) -> dict[str, Array]:
    """The arrays in an ``.npz``, by name, each as long as the file says; never an array of objects.

    Raises:
        DataError: If it is damaged, too large, or holds objects.
    """
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is no .npz, or is damaged; get it again")
    found = members(path, _Arrays())
    return {
        name.removesuffix(".npy"): _array(data, f"{name} in {path}") for name, data in found.items()
    }


def _array(data: bytes, name: str) -> Array:
    try:
        return npy.read(data)
    except ValueError as error:
        raise DataError(f"{name} {error}; get it again, or save it as numbers") from None
