"""How training and validation of a run came apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.analysis import Valley, overconfidence, overconfident_share, overfitting, temperature
from thumblab.runs import Run


@dataclass(frozen=True)
class Overfit:
    """Overfitting in numbers (see ``analysis.Overfitting``). Epochs are counted from 1.

    Attributes:
        epochs: That were trained.
        loss: The kind of loss that all of these speak of, whatever was trained.
        loss_gap: Validation minus training loss of the last epoch, nats; None for a run of an earlier
            version that recorded another kind for training.
        accuracy_gap: Training minus validation accuracy of the last epoch.
        turn: Epoch of the least validation loss.
        rise: Last validation loss minus the least, nats.
        temperature: That suits the validation images best, for the weights that were kept; above 1
            the network is over-confident.
        overconfident: Share of the rise that over-confidence explains at most; None where the loss
            did not rise, or the weights that were kept are not those of the last epoch.
        best_epoch: Epoch of the highest validation accuracy.
        best_accuracy: The accuracy there.
        last_accuracy: That of the last epoch.
        swing: Mean change of the validation accuracy from epoch to epoch, over the second half.
        valleys: Falls of the validation accuracy by 0.05 or more.
    """

    epochs: int
    loss: str
    loss_gap: float | None
    accuracy_gap: float
    turn: int
    rise: float
    temperature: float
    overconfident: float | None
    best_epoch: int
    best_accuracy: float
    last_accuracy: float
    swing: float
    valleys: tuple[Valley, ...]


def overfit(run: Run) -> Overfit | None:
    """The numbers of a run that is done; None for one without validation images."""
    lines, stored = run.metrics, run.predictions
    if not lines or "validation_logits" not in stored:
        return None
    known = all(line["train_cross_entropy"] is not None for line in lines)
    names = (
        "train_cross_entropy" if known else "train_loss",
        "train_accuracy",
        "validation_cross_entropy",
        "validation_accuracy",
    )
    found = overfitting(*(np.array([line[name] for line in lines], float) for name in names))
    logits, labels = stored["validation_logits"], stored["validation_labels"]
    kept = (run.result or {}).get("weights_epoch", len(lines))
    explained = kept == len(lines) and found.rise > 0
    return Overfit(
        epochs=len(lines),
        loss="cross-entropy",
        loss_gap=float(found.loss_gap[-1]) if known else None,
        accuracy_gap=float(found.accuracy_gap[-1]),
        turn=found.turn,
        rise=found.rise,
        temperature=temperature(logits, labels),
        overconfident=overconfident_share(found.rise, overconfidence(logits, labels))
        if explained
        else None,
        best_epoch=found.best_epoch,
        best_accuracy=found.best_accuracy,
        last_accuracy=found.last_accuracy,
        swing=found.swing,
        valleys=found.valleys,
    )
