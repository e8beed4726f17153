"""CIFAR-10 and CIFAR-100: photographs of 32x32 pixels, from the binary or the Python distributions.

A record is its label bytes (one; or coarse, then fine), then 1024 red, 1024 green and 1024 blue
pixels, row by row. ``cifar_python`` makes these records of the pickles that Keras and torchvision
leave on disk; where both lie in one place, the binary ones are read.

Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, unknown
from thumblab.data.dataset import Dataset, Split
from thumblab.data.distribution import Distribution, Download
from thumblab.data.sources.cifar_python import META10, META100, PYTHON10, PYTHON100, binary_files
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count, distribution, read
from thumblab.data.sources.locate import gather_first

SIDE, PIXELS = 32, 3 * 32 * 32

CIFAR10 = Distribution(
    name="cifar10",
    folders=("cifar-10-batches-bin",),
    archive="cifar-10-binary.tar.gz",
    downloads=(
        Download(
            "cifar-10-binary.tar.gz",
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            171,
            ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
        ),
    ),
)

CIFAR100 = Distribution(
    name="cifar100",
    folders=("cifar-100-binary",),
    archive="cifar-100-binary.tar.gz",
    downloads=(
        Download(
            "cifar-100-binary.tar.gz",
            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
            170,
            ("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",),
        ),
    ),
)

LABELS = ("fine", "coarse")


@dataclass(frozen=True)
class Cifar10(DatasetSpec):
    """60,000 photographs in 10 classes: five training batches and a test batch."""


@dataclass(frozen=True)
class Cifar100(DatasetSpec):
    """60,000 photographs in 100 fine classes, which make 20 coarse ones.

    Attributes:
        labels: ``"fine"``, with the coarse classes as groups; or ``"coarse"``.
    """

    labels: str = "fine"

    def __post_init__(self) -> None:
        if self.labels not in LABELS:
            raise unknown("labels of CIFAR-100", self.labels, LABELS)


distribution.register(Cifar10, lambda source: CIFAR10)
distribution.register(Cifar100, lambda source: CIFAR100)
class_count.register(Cifar10, lambda source: 10)
class_count.register(Cifar100, lambda source: 100 if source.labels == "fine" else 20)


def records(
    blobs: Sequence[bytes], label_bytes: int, name: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images ``(n, 32, 32, 3)`` and labels ``(n, label_bytes)`` of the records in ``blobs``.

    Raises:
        DataError: If a blob is empty or does not hold whole records.
    """
    size = label_bytes + PIXELS
    for blob in blobs:
        if not blob or len(blob) % size:
            raise DataError(
                f"{name}: {len(blob):,} bytes are not a whole number of {size}-byte records; "
                "get the file again"
            )
    images = np.empty((sum(map(len, blobs)) // size, SIDE, SIDE, 3), np.uint8)
    labels = np.empty((len(images), label_bytes), np.int64)
    start = 0
    for blob in blobs:
        rows = np.frombuffer(blob, np.uint8).reshape(-1, size)
        here = slice(start, start := start + len(rows))
        labels[here] = rows[:, :label_bytes]
        images[here] = rows[:, label_bytes:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return images, labels


def class_names(text: bytes, count: int, name: str) -> tuple[str, ...]:
    """``count`` names, one a line.

    Raises:
        DataError: If there are more or fewer.
    """
    names = tuple(text.decode("utf-8", "replace").split())
    if len(names) != count:
        raise DataError(f"{name} has {len(names)} names, not {count}; get the official file")
    return names


@read.register
def _read_cifar10(source: Cifar10, root: Path | None = None) -> Dataset:
    batches = [f"data_batch_{i}" for i in range(1, 6)]
    names = [f"{name}.bin" for name in (*batches, "test_batch")]
    place, files = gather_first(
        root, (CIFAR10, [*names, "batches.meta.txt"]), (PYTHON10, [*batches, "test_batch", META10])
    )
    if place is PYTHON10:
        files = binary_files(files, META10, {"batches.meta.txt": "label_names"}, ("labels",))
    classes = class_names(files.pop("batches.meta.txt"), 10, "batches.meta.txt")
    test, labels = records([files.pop("test_batch.bin")], 1, "test_batch")
    train, train_labels = records(
        [files.pop(f"{batch}.bin") for batch in batches], 1, "data_batch_*"
    )
    return Dataset(
        "cifar10", Split(train, train_labels[:, 0]), Split(test, labels[:, 0].copy()), classes
    )


@read.register
def _read_cifar100(source: Cifar100, root: Path | None = None) -> Dataset:
    text = {
        "fine_label_names.txt": "fine_label_names",
        "coarse_label_names.txt": "coarse_label_names",
    }
    place, files = gather_first(
        root, (CIFAR100, ["train.bin", "test.bin", *text]), (PYTHON100, ["train", "test", META100])
    )
    if place is PYTHON100:
        files = binary_files(files, META100, text, ("coarse_labels", "fine_labels"))
    fine, coarse = (
        class_names(files[word], count, word) for word, count in zip(text, (100, 20), strict=True)
    )
    train, train_labels = records([files.pop("train.bin")], 2, "train")
    test, test_labels = records([files.pop("test.bin")], 2, "test")
    if source.labels == "coarse":
        parts = Split(train, train_labels[:, 0].copy()), Split(test, test_labels[:, 0].copy())
        return Dataset("cifar100-coarse", *parts, coarse)
    groups = fine_to_coarse(np.concatenate([train_labels, test_labels]), len(fine), len(coarse))
    parts = Split(train, train_labels[:, 1].copy()), Split(test, test_labels[:, 1].copy())
    return Dataset("cifar100", *parts, fine, groups, coarse if groups else ())


def fine_to_coarse(pairs: NDArray[np.int64], fine: int, coarse: int) -> tuple[int, ...] | None:
    """The coarse class of each fine one, read off the labels.

    Args:
        pairs: ``(n, 2)``, coarse label then fine label.
        fine: How many fine classes there are.
        coarse: How many coarse classes there are.

    Returns:
        One index a fine class; None if a fine class has no image, so that its own is unknown.

    Raises:
        DataError: If a label is out of range, or a fine class has two coarse ones.
    """
    if (pairs >= (coarse, fine)).any():
        raise DataError(
            f"cifar100: labels reach {tuple(pairs.max(0).tolist())}, but coarse ones end at "
            f"{coarse - 1} and fine ones at {fine - 1}; get the file again"
        )
    seen = np.unique(pairs, axis=0)
    kinds, counts = np.unique(seen[:, 1], return_counts=True)
    if (counts > 1).any():
        raise DataError(
            f"cifar100: fine class {kinds[counts > 1][0]} appears under several coarse classes; "
            "get the file again"
        )
    return tuple(map(int, seen[np.argsort(seen[:, 1]), 0])) if len(kinds) == fine else None
