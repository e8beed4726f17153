"""What both engines offer, and what they are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from numpy.typing import NDArray

from thumblab.losses import Loss
from thumblab.optim import Optimizer

Array = NDArray[Any]


class ImageTransform(Protocol):
    """What changes the images of a training step: a ``data.Loader``, or one that works ahead."""

    def change(self, images: Array, epoch: int, indices: Array) -> Array:
        """The ``images`` that stand at ``indices`` of an epoch, changed, of another size perhaps."""
        ...


class Network(Protocol):
    """An architecture with weights; what both engines offer, to one thread at a time.

    Attributes:
        should_stop: Asked between two layers; once it is true, a pass ends with ``StepAbandonedError``,
            and nothing has moved.
    """

    should_stop: Callable[[], bool]

    @property
    def worker_count(self) -> int:
        """Parts of a batch computed side by side."""
        ...

    @property
    def device_and_threads(self) -> tuple[str, int]:
        """What computes a part: the device's name, and threads."""
        ...

    @property
    def cross_entropy(self) -> float:
        """Plain cross-entropy of the last training batch over the classes, nats."""
        ...

    def train_step(
        self,
        batch: Array,
        targets: Array,
        *,
        loss: Loss,
        optimizer: Optimizer,
        learning_rate: float,
        step: int,
        epoch: int = 0,
        indices: Array | None = None,
    ) -> tuple[float, int]:
        """One step; returns the batch's mean loss (nats) and correct predictions before it.

        ``targets`` are labels ``(n,)`` or soft ``(n, outputs)``; a hit is a logit that is largest
        of the classes' where the target is. ``indices`` says where in the epoch these samples stand,
        for the augmentation. The plain loss of the batch is then ``cross_entropy``.
        """
        ...

    def predict(self, batch: Array) -> Array:
        """Logits ``(n, classes)``; outputs beyond the classes are left out."""
        ...

    def outputs(self, batch: Array) -> Array:
        """All outputs ``(n, outputs)``, which the loss that is trained may read."""
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
