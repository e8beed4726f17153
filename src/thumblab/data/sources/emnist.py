"""EMNIST: handwritten characters, white on black, 28x28 pixels, in six splits.

The official files store each glyph transposed; here it stands upright.

Source: Cohen, Afshar, Tapson & van Schaik 2017, arXiv:1702.05373.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thumblab.core.errors import DataError, unknown
from thumblab.data.dataset import Dataset, Split
from thumblab.data.distribution import Distribution, Download
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count, distribution, read
from thumblab.data.sources.idx import idx_part
from thumblab.data.sources.locate import gather_first
from thumblab.data.sources.pixel_csv import csv_part
from thumblab.data.sources.preparation import Glyph, preparation_of

SPLITS = ("balanced", "bymerge", "byclass", "letters", "digits", "mnist")

GROUPS = ("digit", "upper case", "lower case")

EMNIST = Distribution(
    name="emnist",
    folders=("emnist", "gzip", "EMNIST/raw", "EMNIST/raw/gzip", "raw", "emnist_source_files"),
    archive="gzip.zip",
    downloads=(
        Download(
            "gzip.zip",
            "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
            562,
            (
                "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
                "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
            ),
        ),
    ),
)


KAGGLE = Distribution(name="emnist", folders=("emnist", "EMNIST"), archive="emnist.zip")
"""The same as tables (see ``pixel_csv``), the glyphs transposed as in the official files."""

DIGITS, UPPER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Emnist(DatasetSpec):
    """Handwritten digits and letters of NIST Special Database 19.

    Attributes:
        split: ``balanced`` and ``bymerge`` have 47 classes (letters whose two cases look alike
            share one), ``byclass`` 62, with digits, upper and lower case as groups; ``letters``
            26; ``digits`` and ``mnist`` 10.
    """

    split: str = "balanced"

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise unknown("split of EMNIST", self.split, SPLITS)


distribution.register(Emnist, lambda source: EMNIST)
class_count.register(Emnist, lambda source: len(usual_mapping(source.split).splitlines()))
preparation_of.register(Emnist, lambda source: Glyph(ink=24 / 28, center="box"))


@read.register
def _read_emnist(source: Emnist, root: Path | None = None) -> Dataset:
    stem = f"emnist-{source.split}"
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
    names = [f"{stem}-{part}-{kind}" for part in ("train", "test") for kind in kinds]
    tables, map_name = [f"{stem}-train.csv", f"{stem}-test.csv"], f"{stem}-mapping.txt"
    place, files = gather_first(root, (EMNIST, names), (KAGGLE, tables), optional=[map_name])
    first, classes = mapping(files.get(map_name) or usual_mapping(source.split), map_name)
    if place is KAGGLE:
        parts = [csv_part(files[name], name) for name in tables]
    else:
        parts = [
            idx_part(files.pop(images), files.pop(labels), images[: -len(kinds[0]) - 1])
            for images, labels in (names[:2], names[2:])
        ]
    train, test = (_upright(part, first) for part in parts)
    groups = tuple(map(_group, classes)) if source.split == "byclass" else None
    return Dataset(stem, train, test, classes, groups, GROUPS if groups else ())


def usual_mapping(split: str) -> bytes:
    """The official mapping file of a split, which torchvision and others leave out.

    >>> usual_mapping("letters").splitlines()[0], usual_mapping("byclass").splitlines()[-1]
    (b'1 65 97', b'61 122')
    """
    if split == "letters":
        lines = [f"{i} {ord(name)} {ord(name.lower())}" for i, name in enumerate(UPPER, 1)]
    else:
        letters = {"byclass": UPPER + UPPER.lower(), "digits": "", "mnist": ""}
        names = DIGITS + letters.get(split, UPPER + "abdefghnqrt")
        lines = [f"{i} {ord(name)}" for i, name in enumerate(names)]
    return "\n".join(lines).encode()


def mapping(text: bytes, name: str) -> tuple[int, tuple[str, ...]]:
    """The first label and the class names that a mapping file gives.

    A line is ``label codepoint``, or ``label codepoint codepoint`` for a letter in both cases,
    which is named by its upper case.

    Raises:
        DataError: If a line is another, or the labels do not follow one another.
    """
    try:
        lines = [[int(word) for word in line.split()] for line in text.splitlines() if line.strip()]
        labels = [line[0] for line in lines]
        names = tuple(chr(line[1]).upper() if len(line) > 2 else chr(line[1]) for line in lines)
    except (ValueError, IndexError, OverflowError):
        raise DataError(
            f"{name} is not lines of 'label codepoint'; get the official file"
        ) from None
    if not labels or labels[0] < 0 or labels != list(range(labels[0], labels[0] + len(labels))):
        raise DataError(f"{name} does not number its lines one by one; get the official file")
    return labels[0], names


def _upright(part: Split, first: int) -> Split:
    return Split(np.ascontiguousarray(part.images.transpose(0, 2, 1, 3)), part.labels - first)


def _group(name: str) -> int:
    return 0 if name.isdigit() else 1 if name.isupper() else 2
