"""MNIST: handwritten digits, white on black, 28x28 pixels.

Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-Based Learning Applied to Document
Recognition".
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from thumblab.data.dataset import Dataset
from thumblab.data.distribution import Distribution, Download
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count, distribution, read
from thumblab.data.sources.idx import idx_part
from thumblab.data.sources.locate import gather_first
from thumblab.data.sources.pixel_csv import csv_part
from thumblab.data.sources.preparation import Glyph, preparation_of

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""Names of the four files, with ``.gz`` or without; those of Fashion-MNIST too."""

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)

CHECKSUMS = (
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
)


def idx_distribution(
    name: str, folders: tuple[str, ...], mirrors: tuple[str, ...], checksums: tuple[str, ...]
) -> Distribution:
    """A set of four gzipped IDX files that every mirror serves under their own names."""
    downloads = (
        Download(f"{file}.gz", checksum, 31, tuple(f"{mirror}{file}.gz" for mirror in mirrors))
        for file, checksum in zip(FILES, checksums, strict=True)
    )
    return Distribution(name, folders, downloads=tuple(downloads))


MNIST = idx_distribution("mnist", ("MNIST/raw", "mnist"), MIRRORS, CHECKSUMS)

TABLES = ("mnist_train.csv", "mnist_test.csv")
"""The same as Kaggle repacks it (see ``pixel_csv``)."""

FIRST_LABELS = {
    "mnist": ((5, 0, 4, 1, 9, 2, 1, 3, 1, 4), (7, 2, 1, 0, 4, 1, 4, 9, 5, 9)),
    "fashion-mnist": ((9, 0, 0, 3, 0, 2, 7, 2, 5, 5), (9, 2, 1, 1, 6, 1, 4, 6, 5, 7)),
}
"""The first ten labels of the training and of the test part, which tell one from the other."""


@dataclass(frozen=True)
class Mnist(DatasetSpec):
    """60,000 training and 10,000 test digits in 10 classes."""


distribution.register(Mnist, lambda source: MNIST)
class_count.register(Mnist, lambda source: 10)
preparation_of.register(Mnist, lambda source: Glyph(ink=20 / 28, center="mass"))


def read_idx_set(
    published: Distribution, root: Path | None, classes: tuple[str, ...], tables: tuple[str, str]
) -> Dataset:
    """A training and a test part from the four IDX files of ``published``, or from two ``tables``.

    Warns if they are those of another set, which has the same names of files.
    """
    place, files = gather_first(root, (published, FILES), (replace(published, folders=()), tables))
    if place is published:
        train_images, train_labels, test_images, test_labels = (files[name] for name in FILES)
        train = idx_part(train_images, train_labels, f"{published.name} training")
        test = idx_part(test_images, test_labels, f"{published.name} test")
    else:
        train, test = (csv_part(files[name], name) for name in tables)
    found = tuple(tuple(part.labels[:10].tolist()) for part in (train, test))
    known = next((name for name, firsts in FIRST_LABELS.items() if found == firsts), None)
    if (known or _named(root) or published.name) != published.name:
        warnings.warn(
            f"these look like the files of {known or _named(root)}, but are read as "
            f"{published.name}, so that classes have its names; name the other set if that is wrong",
            stacklevel=3,
        )
    return Dataset(published.name, train, test, classes)


def _named(root: Path | None) -> str | None:
    """Which of the two sets the last folder with a name of this kind names."""
    for part in reversed(root.resolve().parts if root else ()):
        if "fashion" in part.lower():
            return "fashion-mnist"
        if part.lower() == "mnist":
            return "mnist"
    return None


@read.register
def _read_mnist(source: Mnist, root: Path | None = None) -> Dataset:
    return read_idx_set(MNIST, root, tuple("0123456789"), TABLES)
