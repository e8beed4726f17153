"""Files of weights as torchvision names and shapes them, with random values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEATURES = {
    0: (64, 3, 11, 11),
    3: (192, 64, 5, 5),
    6: (384, 192, 3, 3),
    8: (256, 384, 3, 3),
    10: (256, 256, 3, 3),
}
CLASSIFIER = {1: (4096, 9216), 4: (4096, 4096), 6: (1000, 4096)}
ALEXNET = {
    f"{part}.{place}.{name}": shape if name == "weight" else shape[:1]
    for part, places in (("features", FEATURES), ("classifier", CLASSIFIER))
    for place, shape in places.items()
    for name in ("weight", "bias")
}
"""Shape of each entry of ``torchvision.models.alexnet().state_dict()``."""


def alexnet_weights(*parts: str) -> dict[str, NDArray[np.float32]]:
    """Small random values for the entries of these parts."""
    rng = np.random.default_rng(0)
    return {
        name: (0.03 * rng.standard_normal(shape, np.float32))
        for name, shape in ALEXNET.items()
        if name.startswith(parts)
    }
