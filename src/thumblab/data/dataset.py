"""Labeled images in memory: a part, and a data set of a training part and perhaps others."""

from __future__ import annotations

import os
from copy import copy
from dataclasses import dataclass, field, fields
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError
from thumblab.core.notebook import facts, picture
from thumblab.core.value import LOCATES, Value
from thumblab.data.distribution import VARIABLE
from thumblab.data.duplicates import digests
from thumblab.data.reading import Reading
from thumblab.data.thumbnails import thumbnails

Images = NDArray[Any]
"""uint8 ``(n, h, w, c)`` with 1 or 3 channels, or float32 features ``(n, f)``."""

Labels = NDArray[Any]
"""int64 class indices ``(n,)``."""

CHANNELS = (1, 3)


@dataclass(frozen=True, eq=False)
class Split:
    """Samples and their labels.

    Attributes:
        images: uint8 ``(n, h, w, c)``, 0 to 255, 1 or 3 channels; or finite float32 ``(n, f)``.
        labels: int64 ``(n,)``.

    Raises:
        DataError: If a shape, a dtype or the lengths are others than these.
    """

    images: Images
    labels: Labels

    def __post_init__(self) -> None:
        kind, shape = self.images.dtype, self.images.shape
        pixels = kind == np.uint8 and len(shape) == 4 and shape[3] in CHANNELS
        features = kind == np.float32 and len(shape) == 2
        if not (pixels or features) or 0 in shape[1:]:
            raise DataError(
                f"samples are {kind} of shape {shape}; give uint8 (n, h, w, 1 or 3) or "
                "float32 (n, features)"
            )
        if self.labels.dtype != np.int64 or self.labels.shape != shape[:1]:
            raise DataError(
                f"labels are {self.labels.dtype} of shape {self.labels.shape}; give int64 "
                f"({shape[0]},), one for each sample"
            )
        if features and not np.isfinite(self.images).all():
            raise DataError("features hold NaN or infinity; remove or replace those samples")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample as networks read it: ``(c, h, w)`` or ``(f,)``."""
        axes = self.images.shape[1:]
        return axes if len(axes) == 1 else (axes[2], axes[0], axes[1])

    @cached_property
    def digests(self) -> NDArray[Any]:
        """16 bytes for each sample ``(n,)``, equal where samples are (see ``duplicates``)."""
        return digests(self.images)

    def take(self, rows: NDArray[Any]) -> Split:
        """A copy of the samples at ``rows`` (int indices or a bool mask), in that order."""
        return Split(self.images[rows], self.labels[rows])


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a network learns from and is tested on.

    Attributes:
        name: Short name for tables, such as ``"cifar10"``.
        train: At least one sample.
        test: Held-out samples, or None.
        classes: Name of each class; a label is an index into it.
        groups: Group index of each class (fine to coarse), or None.
        group_names: Name of each group.
        validation: The data set's own validation samples, or None; then a share of the training
            samples is split off.
        reading: What its reader met on the way.
        source: The source that ``read`` read it from; None for one that was made by hand, or by
            ``dataclasses.replace``.
        root: Where the reader looked for it, absolute; None likewise.

    Raises:
        DataError: If labels, groups or shapes do not fit each other.
    """

    name: str
    train: Split
    test: Split | None
    classes: tuple[str, ...]
    groups: tuple[int, ...] | None = None
    group_names: tuple[str, ...] = ()
    validation: Split | None = None
    reading: Reading = Reading()
    source: Value | None = field(default=None, init=False)
    root: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._check_names()
        if not len(self.train):
            raise DataError(f"{self.name}: the training part is empty; give at least one sample")
        for which, part in self.parts.items():
            self._check_part(which, part)

    def _check_names(self) -> None:
        if not self.classes or len(set(self.classes)) < len(self.classes):
            raise DataError(
                f"{self.name}: class names must be distinct and at least one, "
                f"but are {self.classes}"
            )
        if self.groups is None:
            return
        known = range(len(self.group_names))
        if len(self.groups) != len(self.classes) or not all(g in known for g in self.groups):
            raise DataError(
                f"{self.name}: groups must give each of {len(self.classes)} classes an index into "
                f"{len(self.group_names)} group names, but are {self.groups}"
            )

    def _check_part(self, which: str, part: Split) -> None:
        if part.shape != self.train.shape:
            raise DataError(
                f"{self.name}: {which} samples have shape {part.shape} and training samples "
                f"{self.train.shape}; give both the same"
            )
        if len(part) and not 0 <= part.labels.min() <= part.labels.max() < len(self.classes):
            raise DataError(
                f"{self.name}: {which} labels run from {part.labels.min()} to {part.labels.max()}, "
                f"but there are {len(self.classes)} classes, so 0 to {len(self.classes) - 1} exist"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample as networks read it: ``(c, h, w)`` or ``(f,)``."""
        return self.train.shape

    @cached_property
    def test_fingerprint(self) -> str | None:
        """64 hex digits (SHA-256) over the test images and labels alone; None where there are none."""
        if self.test is None or not len(self.test):
            return None
        state = sha256()
        for array in (self.test.images, self.test.labels):
            state.update(repr((array.dtype.str, array.shape)).encode())
            state.update(np.ascontiguousarray(array).data)
        return state.hexdigest()

    @property
    def parts(self) -> dict[str, Split]:
        """The parts that are there, by name: ``training``, ``validation``, ``test``."""
        named = {"training": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in named.items() if part is not None}

    def _repr_html_(self) -> str:
        """Counts, shape, classes and a few images, for notebooks."""
        parts = [(f"{name} samples", f"{len(part):,}") for name, part in self.parts.items()]
        shape = " x ".join(map(str, self.shape))
        rows = [*parts, ("shape", shape), (f"{len(self.classes)} classes", ", ".join(self.classes))]
        if len(self.shape) != 3 or self.shape[0] not in (1, 3):
            return facts(self.name, rows)
        png = thumbnails(self.train.images, self.train.labels, len(self.classes))
        return facts(self.name, rows, picture(png, f"images of {self.name}"))

    def read_from(self, source: Value, root: Path | None = None) -> Dataset:
        """This data set with ``source`` and ``root`` noted; its samples can no longer be written to."""
        for part in self.parts.values():
            part.images.flags.writeable = part.labels.flags.writeable = False
        known = copy(self)
        object.__setattr__(known, "source", source)
        object.__setattr__(known, "root", str(Path(root or _start(source)).expanduser().absolute()))
        return known

    @cached_property
    def fingerprint(self) -> str:
        """64 hex digits (SHA-256) over every sample, label, class name and group.

        The name does not count: the same samples from two places are the same data.
        """
        state = sha256()
        for part in (self.train, self.test):
            for array in () if part is None else (part.images, part.labels):
                state.update(repr((array.dtype.str, array.shape)).encode())
                state.update(np.ascontiguousarray(array).data)
            state.update(b"|")
        if self.validation is not None:
            state.update(b"validation")
            for array in (self.validation.images, self.validation.labels):
                state.update(repr((array.dtype.str, array.shape)).encode())
                state.update(np.ascontiguousarray(array).data)
        state.update(repr((self.classes, self.groups, self.group_names)).encode())
        return state.hexdigest()


def _start(source: Value) -> str:
    """Where a reader looks without a root: from the current folder for a path, else in the usual place."""
    has_path = any(LOCATES in each.metadata for each in fields(source))
    return "." if has_path else os.environ.get(VARIABLE, ".")
