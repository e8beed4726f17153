"""Whether batches are large enough for what a model computes over them."""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Shape, walk
from thumblab.experiment.experiment import Experiment
from thumblab.layers import BatchNorm


def check_batches(experiment: Experiment, shape: Shape, samples: int) -> None:
    """Raises ``UsageError`` if every batch is one sample and a BatchNorm learns from batches.

    Its running averages never move then, and where it reads one value a channel its output is its bias
    whatever the sample, so that nothing before it trains. A last, short batch of one sample is no such
    case: the layer leaves its averages alone for it.

    Args:
        experiment: What is to be trained.
        shape: Of a sample.
        samples: In the training part.
    """
    if min(experiment.batch, samples) > 1:
        return
    for prefix, layer, _ in walk(experiment.model, shape):
        if isinstance(layer, BatchNorm):
            given = "batch is 1" if experiment.batch == 1 else f"there is {samples} training sample"
            raise UsageError(
                f"{given} but BatchNorm at {prefix.rstrip('.')!r} normalizes over the samples of a "
                "batch, which takes at least 2; raise the batch size, or choose a model without "
                "BatchNorm (GroupNorm and LayerNorm read each sample by itself)"
            )
