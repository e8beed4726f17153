"""The embedded set: 11,280 real handwritten characters, so that a fresh machine can train at once.

47 classes (digits, upper case, and the lower-case letters that look different), 28x28 pixels, white
on black; of each class 200 glyphs to train on and 40 to test. ``scripts/make_characters.py`` chose
them by seed from the training and the test part of EMNIST Balanced.

Source: EMNIST, Cohen, Afshar, Tapson & van Schaik 2017, arXiv:1702.05373, which derives from NIST
Special Database 19, a work of the United States government in the public domain.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from thumblab.data.dataset import Dataset, Split
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count, read
from thumblab.data.sources.preparation import Glyph, preparation_of

CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
SIDE = 28


@dataclass(frozen=True)
class Characters(DatasetSpec):
    """9,400 training and 1,880 test characters in 47 classes, inside the package."""


class_count.register(Characters, lambda source: len(CLASSES))
preparation_of.register(Characters, lambda source: Glyph(ink=24 / 28, center="box"))


@read.register
def _read_characters(source: Characters, root: Path | None = None) -> Dataset:
    return Dataset("characters", _sheet("train"), _sheet("test"), tuple(CLASSES))


def _sheet(name: str) -> Split:
    """Glyphs ``(n, 28, 28, 1)`` of a lossless sheet with one row of glyphs for each class."""
    from PIL import Image

    data = files("thumblab.data").joinpath(f"sheets/characters_{name}.webp").read_bytes()
    with Image.open(io.BytesIO(data), formats=("WEBP",)) as image:
        grid = np.asarray(image)[..., 0]
    columns = grid.shape[1] // SIDE
    glyphs = grid.reshape(len(CLASSES), SIDE, columns, SIDE).swapaxes(1, 2)
    labels = np.repeat(np.arange(len(CLASSES), dtype=np.int64), columns)
    return Split(np.ascontiguousarray(glyphs).reshape(-1, SIDE, SIDE, 1), labels)
