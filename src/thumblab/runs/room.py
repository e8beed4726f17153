"""How much room a run's files take, and where there is some for a while."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from thumblab.core.errors import WriteError
from thumblab.core.layer import Shape, weights
from thumblab.experiment.experiment import Experiment

MEMORY = Path("/dev/shm")
"""Files in memory, where Linux has them."""


def state_bytes(experiment: Experiment, shape: Shape) -> int:
    """Bytes of a saved state: weights, and what the optimizer keeps."""
    owned = weights(experiment.model, shape).values()
    count = sum(int(np.prod(weight.shape)) for weight in owned)
    item = 8 if experiment.precision == "float64" else 4
    return item * count * (1 + len(experiment.optimizer.slots))


def temporary_place(needed: int) -> Path:
    """A folder to make a temporary one in: the system's, the current one, or memory.

    Raises:
        WriteError: If none of them can be written and has ``needed`` bytes free.
    """
    tried = []
    places: list[Callable[[], Path]] = [
        lambda: Path(tempfile.gettempdir()),
        Path.cwd,
        lambda: MEMORY,
    ]
    for find in places:
        with suppress(OSError):  # there is none, or it has been deleted
            place = find()
            free = shutil.disk_usage(place).free
            if free >= needed and os.access(place, os.W_OK | os.X_OK):
                return place
            tried.append(f"{place} has {free / 1e6:.0f} MB free")
    raise WriteError(
        f"a temporary folder needs {needed / 1e6:.0f} MB, but {', '.join(tried) or 'there is none'}; "
        "free some, or name a folder in TMPDIR"
    )
