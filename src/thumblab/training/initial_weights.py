"""The weights a run began with."""

from __future__ import annotations

from thumblab.data import Dataset, statistics
from thumblab.engines.numpy import InputTransform
from thumblab.experiment.experiment import Experiment, parts
from thumblab.experiment.pretrained import begin_from
from thumblab.storage.checkpoint import Arrays
from thumblab.training.data_dependent import fit_layers
from thumblab.training.network import open_network


def untrained(experiment: Experiment, dataset: Dataset) -> Arrays:
    """Weights by path before the first step: drawn from the seed, started from files, fitted to data.

    Args:
        experiment: What is, or was, trained.
        dataset: Its data, of which fitted layers need the training part.
    """
    part, _ = parts(experiment, dataset)
    shift, scale = statistics(experiment.normalize, part.images)
    network = open_network(experiment, dataset.shape, shift=shift, scale=scale, workers=1)
    begin_from(experiment.init_from, network)
    fit_layers(network, experiment.model, part, InputTransform(shift, scale))
    return network.weights()
