"""How well a network knows classes, and how bad its mistakes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import (
    accuracy,
    accuracy_interval,
    brier_score,
    errors_inside_groups,
    expected_calibration_error,
    hierarchical_distance,
    hierarchical_distances,
    negative_log_likelihood,
    top_k_accuracy,
)

Array = NDArray[Any]


@dataclass(frozen=True)
class FineScores:
    """Scores on classes, and on the groups that mistakes stay in or leave.

    Attributes:
        network: Run folder, or what else answered.
        accuracy: Share of right guesses.
        low: Lower end of its 95 % interval (Wilson).
        high: Upper end.
        top_5: Share of samples whose class is among the five likeliest; None for five classes or less.
        inside: Share of the mistakes that stay inside the group; None without a mistake.
        distance: Mean hierarchical distance: 0 right, 1 inside the group, 2 outside.
        distance_at_5: Likewise over the five likeliest classes; None for five classes or less.
        severity: Mean hierarchical distance of the mistakes alone, from 1 to 2; None without a mistake.
        loss: Mean cross-entropy in nats.
        brier: Mean squared distance from the truth, 0 to 2.
        calibration_error: In 15 equal bins.
    """

    network: str
    accuracy: float
    low: float
    high: float
    top_5: float | None
    inside: float | None
    distance: float
    distance_at_5: float | None
    severity: float | None
    loss: float
    brier: float
    calibration_error: float


def fine_scores(network: str, logits: Array, labels: Array, groups: Array) -> FineScores:
    """The scores of logits ``(n, classes)`` on samples with these labels ``(n,)``."""
    guesses = logits.argmax(1)
    low, high = accuracy_interval(guesses, labels)
    distances = hierarchical_distances(guesses, labels, groups)
    wrong = distances > 0
    many = logits.shape[1] > 5
    return FineScores(
        network=network,
        accuracy=accuracy(guesses, labels),
        low=low,
        high=high,
        top_5=top_k_accuracy(logits, labels, k=5) if many else None,
        inside=errors_inside_groups(guesses, labels, groups) if wrong.any() else None,
        distance=float(distances.mean()),
        distance_at_5=hierarchical_distance(logits, labels, groups, k=5) if many else None,
        severity=float(np.mean(distances[wrong])) if wrong.any() else None,
        loss=negative_log_likelihood(logits, labels),
        brier=brier_score(logits, labels),
        calibration_error=expected_calibration_error(logits, labels),
    )
