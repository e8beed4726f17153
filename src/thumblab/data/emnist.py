"""EMNIST: handwritten characters, white on black, 28x28 pixels, in six splits.

The official files store each glyph transposed; here it stands upright.

Source: Cohen, Afshar, Tapson & van Schaik 2017, arXiv:1702.05373.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thumblab.core.errors import DataError, unknown
from thumblab.data.dataset import Dataset, Part
from thumblab.data.distribution import Distribution, Download
from thumblab.data.idx import idx_part
from thumblab.data.shelf import gather
from thumblab.data.source import Source, distribution, read

SPLITS = ("balanced", "bymerge", "byclass", "letters", "digits", "mnist")

GROUPS = ("digit", "upper case", "lower case")

EMNIST = Distribution(
    name="emnist",
    folders=("emnist", "gzip", "EMNIST/raw"),
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


@dataclass(frozen=True)
class Emnist(Source):
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


@read.register
def _read_emnist(source: Emnist, root: Path | None = None) -> Dataset:
    stem = f"emnist-{source.split}"
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
    names = [f"{stem}-{part}-{kind}" for part in ("train", "test") for kind in kinds]
    files = gather(EMNIST, root, [*names, f"{stem}-mapping.txt"])
    first, classes = mapping(files[f"{stem}-mapping.txt"], f"{stem}-mapping.txt")
    train, test = (
        _upright(
            idx_part(files.pop(images), files.pop(labels), images[: -len(kinds[0]) - 1]), first
        )
        for images, labels in (names[:2], names[2:])
    )
    groups = tuple(map(_group, classes)) if source.split == "byclass" else None
    return Dataset(stem, train, test, classes, groups, GROUPS if groups else ())


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


def _upright(part: Part, first: int) -> Part:
    return Part(np.ascontiguousarray(part.images.transpose(0, 2, 1, 3)), part.labels - first)


def _group(name: str) -> int:
    return 0 if name.isdigit() else 1 if name.isupper() else 2
