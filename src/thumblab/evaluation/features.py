"""What a layer inside a network writes, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Layer
from thumblab.runs.run import Run
from thumblab.storage.checkpoint import Arrays
from thumblab.training.feature_extractor import feature_extractor

Array = NDArray[Any]

AT_ONCE = 256
"""Images computed together; maps of early layers are large."""


def features(run: Run, images: Array, layer: str, *, workers: int | None = None) -> Array:
    """What the trained network of ``run`` writes at a layer, on the NumPy engine.

    Args:
        run: A run that is done, of either engine.
        images: uint8 ``(n, h, w, c)`` or float32 ``(n, f)``, as data sets hold them.
        layer: Path of a layer, as ``thumblab models`` prints it, or of a part; empty for the logits.
        workers: Parts of a batch computed side by side; default: as many as cores.

    Returns:
        ``(n, *shape)``, without dropout and with BatchNorm's running averages.

    Raises:
        UsageError: If there is no such layer.
        RunError: If the run is unfinished or damaged.
    """
    return activations(run.experiment.model, *run.trained(), images, layer, workers=workers)


def activations(
    model: Layer,
    arrays: Arrays,
    about: dict[str, Any],
    images: Array,
    layer: str,
    *,
    workers: int | None = None,
) -> Array:
    """What ``model`` with the weights ``arrays`` writes at a layer; see ``features``.

    ``about`` is what a weights file says: the shape and precision of samples, their shift and scale.
    """
    network = feature_extractor(model, layer).network(arrays, about, workers)
    batches = range(0, len(images), AT_ONCE)
    return np.concatenate([network.predict(images[at : at + AT_ONCE]) for at in batches])
