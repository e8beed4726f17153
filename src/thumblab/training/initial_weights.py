"""The weights that training begins with: drawn from the seed, from files, and fitted to data."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.blas import one_blas_thread
from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import has_rule, prepare
from thumblab.data import Dataset, Split, statistics
from thumblab.engines.numpy import InputTransform
from thumblab.engines.numpy import Network as NumpyNetwork
from thumblab.engines.protocol import Network
from thumblab.experiment.experiment import Experiment, parts
from thumblab.experiment.pretrained import begin_from, warn_if_seen_otherwise
from thumblab.layers import Frozen
from thumblab.layers.prepared import prepared
from thumblab.storage.checkpoint import Arrays
from thumblab.training.network import open_network


def initialize(
    network: Network, experiment: Experiment, part: Split, shape: Shape, transform: InputTransform
) -> None:
    """Gives a new network, whose weights the seed has drawn, the others that training begins with.

    Warns of frozen weights that nothing has trained, and of weights trained on other values.

    Args:
        network: Of the experiment's model.
        experiment: What is trained.
        part: Its training images, which data-dependent layers are fitted to.
        shape: Of a sample.
        transform: What the network sees of it.
    """
    model, starts = experiment.model, experiment.init_from
    warn_if_drawn(model, shape, begin_from(starts, network) if starts else ())
    if starts:
        warn_if_seen_otherwise(starts, model, shape, transform.shift, transform.scale)
    fit_layers(network, model, part, transform)


def warn_if_drawn(model: Layer, shape: Shape, given: Collection[str]) -> None:
    """Warns of frozen layers that keep weights which the seed has drawn."""
    for path, layer, x in walk(model, shape):
        owned = layer.weights(x) if isinstance(layer, Frozen) else {}
        drawn = [name for name, weight in owned.items() if weight.init not in ("zeros", "ones")]
        kept = [name for name in drawn if f"{path}{name}" not in given]
        if kept:
            warnings.warn(
                f"{len(kept)} of {len(drawn)} random weights of the frozen {path}layer stay as they were "
                "drawn; start from trained ones, as pretrained:path=RUN,source_prefix=PART,"
                f"target_prefix={path}layer",
                stacklevel=2,
            )


def initial_weights(experiment: Experiment, dataset: Dataset) -> Arrays:
    """Weights by path before the first step.

    Args:
        experiment: What is, or was, trained.
        dataset: Its data, of which fitted layers need the training part.
    """
    part, _ = parts(experiment, dataset)
    shift, scale = statistics(experiment.normalize, part.images)
    network = open_network(experiment, dataset.shape, shift=shift, scale=scale, workers=1)
    initialize(network, experiment, part, dataset.shape, InputTransform(shift, scale))
    return network.weights()


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
    if not any(has_rule(prepare, leaf) for _, leaf, _ in walk(model, part.shape)):
        return
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
