"""Layers that are fitted to data before training: whitening, projections, standardization."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.blas import one_blas_thread
from thumblab.core.layer import Layer
from thumblab.data import Split
from thumblab.engines.numpy import InputTransform
from thumblab.engines.numpy import Network as NumpyNetwork
from thumblab.engines.protocol import Network
from thumblab.layers.prepared import prepared

Array = NDArray[Any]
SAMPLES = 5000
"""Training images that layers are fitted to, at most."""


def fit_layers(
    network: Network, model: Layer, part: Split, input_transform: InputTransform
) -> None:
    """Sets the weights of ``network`` that are fitted to data; images are not augmented for it.

    They are fitted to every n-th image of the training part, so that classes that stand one after the
    other all have their share.

    The NumPy engine computes what fitted layers read, whichever engine trains.
    """
    first, images = network.weights(), part.images
    spread = images[:: max(1, -(-len(images) // SAMPLES))]

    def run(path: str, layer: Layer, x: Array, fitted: dict[str, Array]) -> Array:
        ahead = NumpyNetwork(layer, x.shape[1:], dtype=x.dtype, workers=1)
        for name, array in ahead.arrays.items():
            array[...] = fitted.get(path + name, first[path + name])
        return ahead.run(x, training=False)[0].copy()

    x = input_transform.plain(spread, partial(np.empty, dtype=np.float32))
    with one_blas_thread():  # the same bits whatever the program around has set
        found = prepared(model, x, run)
    if found:
        network.load({f"weights.{name}": array for name, array in (first | found).items()})
