"""How far a network's word can be taken, and how far after one number is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis import (
    accuracy,
    expected_calibration_error,
    negative_log_likelihood,
    probabilities,
    reliability,
    temperature,
)
from thumblab.evaluation.scored import Scored
from thumblab.report.embed import finite
from thumblab.runs import Run

Array = NDArray[Any]

BINS = 15
"""Bins of equal width; a calibration error says little without their number."""


@dataclass(frozen=True)
class Calibrated:
    """Confidence against accuracy on the scored images.

    Attributes:
        temperature: Fitted on validation images; None where there are none that training has not seen.
        flattered: Whether these are the very images that are scored.
        accuracy: Share of right guesses.
        confidence: Mean probability of the guess, as the network says it.
        error: Expected calibration error; ``error_after`` is that at the temperature.
        loss: Mean cross-entropy, nats; ``loss_after`` likewise.
        bins: What the page's script reads.
    """

    temperature: float | None
    flattered: bool
    accuracy: float
    confidence: float
    error: float
    error_after: float | None
    loss: float
    loss_after: float | None
    bins: dict[str, Any]


def calibrated(run: Run, scored: Scored) -> Calibrated:
    """The numbers of ``Calibrated``, and the bins of a reliability diagram."""
    logits, labels, stored = scored.logits, scored.labels, run.predictions
    kept_apart = run.experiment.train_on != "all" and "validation_logits" in stored
    warmth = None
    if kept_apart:
        warmth = temperature(stored["validation_logits"], stored["validation_labels"])
    after = None if warmth is None else logits / warmth
    return Calibrated(
        temperature=warmth,
        flattered=scored.which == "validation",
        accuracy=accuracy(scored.guesses, labels),
        confidence=float(probabilities(logits).max(1).mean()),
        error=expected_calibration_error(logits, labels, bins=BINS),
        error_after=None if after is None else expected_calibration_error(after, labels, bins=BINS),
        loss=negative_log_likelihood(logits, labels),
        loss_after=None if after is None else negative_log_likelihood(after, labels),
        bins={"before": _bins(logits, labels), "after": after is not None and _bins(after, labels)},
    )


def _bins(logits: Array, labels: Array) -> dict[str, Any]:
    found = reliability(logits, labels, bins=BINS)
    values = {
        "edges": found.edges.tolist(),
        "confidence": found.confidence.tolist(),
        "accuracy": found.accuracy.tolist(),
        "count": found.count.tolist(),
    }
    return dict(finite(values))
