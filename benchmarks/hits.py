"""Hits as results/ keeps them: one bit an image and run, so that every verdict can be made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.storage import files

Array = NDArray[Any]


def store(path: Path, hits: Mapping[str, Array]) -> None:
    """Writes hits, bool ``(seeds, images)`` for each arm, into one compressed file."""
    content = BytesIO()
    packed = {f"arm_{place}": np.packbits(rows, axis=1) for place, rows in enumerate(hits.values())}
    about = {"arms": list(hits), "images": next(iter(hits.values())).shape[1]}
    np.savez_compressed(content, about=np.array(json.dumps(about)), **packed)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, content.getvalue())


def load(path: Path) -> dict[str, Array]:
    """Reads what ``store`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        about = json.loads(str(stored["about"]))
        return {
            arm: np.unpackbits(stored[f"arm_{place}"], axis=1, count=about["images"]).astype(bool)
            for place, arm in enumerate(about["arms"])
        }
