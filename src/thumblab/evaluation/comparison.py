"""Finished runs on the same images: accuracy, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from math import isnan
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis import (
    accuracy_interval,
    averages,
    expected_calibration_error,
    macro_f1_interval,
    negative_log_likelihood,
    rare_and_common,
)
from thumblab.core.errors import DataError
from thumblab.evaluation.compatible import check_done, check_same_data, check_same_validation
from thumblab.evaluation.evaluate import logits_of, score_and_log
from thumblab.runs import Run

Array = NDArray[Any]


@dataclass(frozen=True)
class Scores:
    """One run's word on the images that all are compared on. Fractions, unless said otherwise.

    Attributes:
        run: Run folder.
        seed: The run's.
        accuracy: Share of right guesses, which common classes decide.
        low: Lower end of its 95 % interval (Wilson).
        high: Upper end.
        macro_f1: Plain mean over the classes that occur.
        macro_low: Lower end of its 95 % interval (bootstrap within classes).
        macro_high: Upper end.
        weighted_f1: Mean over the classes weighted by their samples.
        rare_recall: Plain mean of the recall over the quarter of the classes that training has least
            of; None without samples of them.
        common_recall: Likewise over the others.
        loss: Mean cross-entropy in nats.
        calibration_error: In 15 equal bins.
        guesses: Class indices ``(n,)``.
    """

    run: str
    seed: int
    accuracy: float
    low: float
    high: float
    macro_f1: float
    macro_low: float
    macro_high: float
    weighted_f1: float
    rare_recall: float | None
    common_recall: float | None
    loss: float
    calibration_error: float
    guesses: Array = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """All but the guesses."""
        return {name: value for name, value in asdict(self).items() if name != "guesses"}


def compare(runs: Sequence[Run], counts: Array, *, final: bool = False) -> Iterator[Scores]:
    """The scores of runs on the same images: those of validation, or with ``final`` those of the test.

    Args:
        runs: Runs that are done, on the same data; for validation images, of the same split.
        counts: Training samples of each class ``(classes,)``; they say which classes are rare.
            Outputs of a network beyond these classes are left out.
        final: Whether to evaluate on the test images; every run logs that.

    Raises:
        UsageError: If the runs do not go together or one is not done.
        DataError: If there are no such images.
    """
    check_done(runs)
    if final:
        check_same_data(runs)
    else:
        check_same_validation(runs, or_final=True)
    part = "test" if final else "validation"
    logits = [_logits(run, part)[:, : len(counts)] for run in runs]
    labels = runs[0].predictions[f"{part}_labels"]
    for run in runs if final else ():
        score_and_log(run, logits_of(run), compared=[other.about["key"] for other in runs])
    for run, each in zip(runs, logits, strict=True):
        yield _scores(run, each, labels, counts)


def _logits(run: Run, part: str) -> Array:
    stored = run.predictions
    if f"{part}_logits" not in stored:
        raise DataError(f"{run.folder} has no {part} images; compare runs that have some")
    return stored[f"{part}_logits"]


def _scores(run: Run, logits: Array, labels: Array, counts: Array) -> Scores:
    guesses = logits.argmax(1)
    rarity = rare_and_common(guesses, labels, counts)
    low, high = accuracy_interval(guesses, labels)
    macro_low, macro_high = macro_f1_interval(guesses, labels)
    return Scores(
        run=str(run.folder),
        seed=run.experiment.seed,
        accuracy=rarity.accuracy,
        low=low,
        high=high,
        macro_f1=rarity.macro_f1,
        macro_low=macro_low,
        macro_high=macro_high,
        weighted_f1=averages(guesses, labels, "weighted").f1,
        rare_recall=None if isnan(rarity.rare_recall) else rarity.rare_recall,
        common_recall=None if isnan(rarity.common_recall) else rarity.common_recall,
        loss=negative_log_likelihood(logits, labels),
        calibration_error=expected_calibration_error(logits, labels),
        guesses=guesses,
    )
