"""Overfitting in numbers: what a reader would otherwise see in two curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.valleys import Valley, valleys

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Overfitting:
    """How training and validation came apart. Epochs are counted from 1.

    Attributes:
        loss_gap: ``validation - training`` loss of each epoch, nats ``(epochs,)``.
        accuracy_gap: ``training - validation`` accuracy of each epoch ``(epochs,)``.
        turn: Epoch of the least validation loss, the first of equals: there it turns, unless it is
            the last epoch.
        rise: Last validation loss minus the least, nats, at least 0.
        best_epoch: Epoch of the highest validation accuracy, the first of equals.
        best_accuracy: The validation accuracy there.
        last_accuracy: That of the last epoch.
        swing: Mean absolute change of the validation accuracy from one epoch to the next, over the
            second half of the epochs; 0 where there are fewer than two in it. A difference between
            two runs' last epochs that is not well above it says nothing.
        valleys: Falls of the validation accuracy by 0.05 or more, collapses among them.
    """

    loss_gap: Array
    accuracy_gap: Array
    turn: int
    rise: float
    best_epoch: int
    best_accuracy: float
    last_accuracy: float
    swing: float
    valleys: tuple[Valley, ...]

    @property
    def turned(self) -> bool:
        """Whether the validation loss was least before the last epoch."""
        return self.turn < len(self.loss_gap)


def overfitting(
    train_losses: Array, train_accuracies: Array, losses: Array, accuracies: Array
) -> Overfitting:
    """The numbers of ``Overfitting``, from the curves of a run.

    Training is measured while weights move, on augmented images and with dropout; so a gap can be
    below 0 early on, and a gap is not the same thing with and without these.

    Args:
        train_losses: Mean training loss of each epoch, nats ``(epochs,)``.
        train_accuracies: Fractions ``(epochs,)``.
        losses: Validation losses, nats ``(epochs,)``.
        accuracies: Validation accuracies, fractions ``(epochs,)``.

    Raises:
        ValueError: If the lengths differ, there is no epoch, or a number is not finite.

    Example:
        >>> ones = np.ones(4)
        >>> found = overfitting(ones, ones, np.array([2.0, 1.0, 1.5, 2.0]), np.array([0.5, 0.7, 0.7, 0.6]))
        >>> found.turn, found.rise, found.best_epoch, round(found.swing, 2)
        (2, 1.0, 2, 0.1)
    """
    curves = [
        np.asarray(c, np.float64) for c in (train_losses, train_accuracies, losses, accuracies)
    ]
    shapes = [curve.shape for curve in curves]
    if len(set(shapes)) > 1 or curves[0].ndim != 1 or not len(curves[0]):
        raise ValueError(f"curves have shapes {shapes}; give four (epochs,), of at least one epoch")
    if not all(np.isfinite(curve).all() for curve in curves):
        raise ValueError("curves hold NaN or infinity; leave out epochs that were not measured")
    train_loss, train_accuracy, loss, accuracy = curves
    turn, best = int(loss.argmin()), int(accuracy.argmax())
    steps = np.abs(np.diff(accuracy[len(accuracy) // 2 :]))
    return Overfitting(
        loss_gap=loss - train_loss,
        accuracy_gap=train_accuracy - accuracy,
        turn=turn + 1,
        rise=float(loss[-1] - loss[turn]),
        best_epoch=best + 1,
        best_accuracy=float(accuracy[best]),
        last_accuracy=float(accuracy[-1]),
        swing=float(steps.mean()) if len(steps) else 0.0,
        valleys=valleys(accuracy),
    )


def overconfident_share(rise: float, excess: float) -> float:
    """How much of a rise of the validation loss over-confidence explains, at most.

    Args:
        rise: Last validation loss minus the least, nats (``Overfitting.rise``).
        excess: ``overconfidence`` of the last epoch's logits on the same images, nats.

    Returns:
        ``excess / rise``, at most 1; NaN where the loss did not rise. An upper bound: what
        over-confidence there already was at the least loss is not taken off.

    Raises:
        ValueError: If a number is below 0.

    Example:
        >>> overconfident_share(rise=2.0, excess=1.5)
        0.75
    """
    if rise < 0 or excess < 0:
        raise ValueError(f"rise {rise} and excess {excess} are nats, at least 0")
    return min(excess / rise, 1.0) if rise > 0 else float("nan")
