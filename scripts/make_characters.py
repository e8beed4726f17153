"""Makes the sheets of the embedded set from the official files of EMNIST Balanced.

    python scripts/make_characters.py FOLDER

FOLDER is what `--from` takes. The choice depends on the files and SEED alone; the sheets are
lossless, so any version of Pillow reads back the same pixels.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from thumblab.core.random import stream
from thumblab.data import Emnist, Split, read
from thumblab.data.sources.characters import CLASSES, SIDE

SEED = 0
EACH = {"train": 200, "test": 40}
TARGET = Path(__file__).parents[1] / "src/thumblab/data/sheets"


def grid(part: Split, each: int, name: str) -> np.ndarray:
    """A row of ``each`` glyphs for every class, ``(classes * 28, each * 28)``."""
    order = stream(SEED, "characters", name).permutation(len(part))
    rows = [order[part.labels[order] == label][:each] for label in range(len(CLASSES))]
    glyphs = part.images[np.concatenate(rows), ..., 0]
    return glyphs.reshape(len(CLASSES), each, SIDE, SIDE).swapaxes(1, 2).reshape(-1, each * SIDE)


def main(folder: Path) -> None:
    """Writes both sheets and says how large they are."""
    data = read(Emnist("balanced"), folder)
    if data.classes != tuple(CLASSES) or data.test is None:
        raise SystemExit(f"{folder} does not hold the 47 classes of EMNIST Balanced")
    TARGET.mkdir(exist_ok=True)
    for name, part in (("train", data.train), ("test", data.test)):
        path = TARGET / f"characters_{name}.webp"
        sheet = Image.fromarray(grid(part, EACH[name], name)).convert("RGB")
        sheet.save(path, lossless=True, quality=100, method=6)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
