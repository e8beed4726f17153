"""The weights that training begins with: drawn from the seed, from files, and fitted to data."""

from __future__ import annotations

from thumblab.core.layer import Shape
from thumblab.data import Dataset, Split, statistics
from thumblab.engines.numpy import InputTransform
from thumblab.engines.protocol import Network
from thumblab.experiment.experiment import Experiment, parts
from thumblab.experiment.pretrained import begin_from, warn_if_drawn, warn_if_seen_otherwise
from thumblab.storage.checkpoint import Arrays
from thumblab.training.data_dependent import fit_layers
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
    warn_if_drawn(model, shape, begin_from(starts, network))
    warn_if_seen_otherwise(starts, model, shape, transform.shift, transform.scale)
    fit_layers(network, model, part, transform)


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
