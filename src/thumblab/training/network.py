"""The network that an experiment trains, on the engine it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.core.layer import Shape
from thumblab.losses import Loss
from thumblab.optim import Optimizer
from thumblab.training.experiment import Experiment

Array = NDArray[Any]


class Network(Protocol):
    """An architecture with weights; what both engines offer."""

    @property
    def shard_count(self) -> int:
        """Parts of a batch computed side by side."""
        ...

    def train_step(
        self,
        batch: Array,
        targets: Array,
        *,
        loss: Loss,
        optimizer: Optimizer,
        rate: float,
        step: int,
        epoch: int = 0,
        rows: Array | None = None,
    ) -> tuple[float, int]:
        """Moves the weights by one batch; its mean loss (nats) and its hits before the move.

        ``rows`` says which samples these are, for the augmentation.
        """
        ...

    def predict(self, batch: Array) -> Array:
        """Logits ``(n, classes)``."""
        ...

    def weights(self) -> dict[str, Array]:
        """Weights and statistics by path, as PyTorch names them."""
        ...

    def state(self) -> dict[str, Array]:
        """All that a checkpoint needs."""
        ...

    def load(self, state: dict[str, Array]) -> None:
        """The inverse of ``state``; raises ``RunError`` if names or shapes differ."""
        ...


def open_network(
    experiment: Experiment,
    shape: Shape,
    *,
    shift: Array,
    scale: Array,
    shards: int | None = None,
    augment: Callable[[Array, int, Array], Array] | None = None,
) -> Network:
    """A network for samples of ``shape``, with first weights drawn from the experiment's seed.

    ``augment`` changes the images of a training step, given the epoch and which samples they are.
    """
    if experiment.engine == "torch":
        raise UsageError("engine 'torch' cannot train yet in this version; use engine 'numpy'")
    from thumblab.engines.numpy import Door
    from thumblab.engines.numpy import Network as NumpyNetwork

    return NumpyNetwork(
        experiment.model,
        shape,
        seed=experiment.seed,
        dtype=np.dtype(experiment.precision),
        shards=shards,
        rules="reference" if experiment.engine == "reference" else "fast",
        precise=experiment.precise,
        door=Door(np.asarray(shift), np.asarray(scale)),
        augment=augment,
    )
