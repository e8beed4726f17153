"""Several runs that answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thumblab.analysis.ensemble import ensemble
from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.evaluation.compatible import check_each_once, check_same_data
from thumblab.evaluation.evaluate import Evaluation, LabeledLogits, logits_of, score, score_and_log
from thumblab.experiment.tta import TTA
from thumblab.runs.run import Run


@dataclass(frozen=True)
class EnsembleEvaluation:
    """How the mean of several runs' probabilities does on test images.

    Attributes:
        members: How each run does alone, in the order given.
        accuracy: Of the mean over the runs, each image seen as it is; a fraction.
        loss: Likewise, the mean cross-entropy in nats.
        images: How many there are.
        tta: What else every run was shown; None for nothing.
        tta_accuracy: Of the mean over the runs, each by its mean logits with TTA.
        tta_loss: Likewise.
    """

    members: tuple[Evaluation, ...]
    accuracy: float
    loss: float
    images: int
    tta: TTA | None = None
    tta_accuracy: float | None = None
    tta_loss: float | None = None


def evaluate_ensemble(
    runs: Sequence[Run], dataset: Dataset | None = None, tta: TTA | None = None
) -> EnsembleEvaluation:
    """Accuracy of the mean probabilities of ``runs``; a test-set evaluation of each of them is logged.

    Views are those given, or those that all experiments name; else the runs see the images alone.

    Raises:
        DataError: If there are no test images, or they do not fit a network.
        RunError: If a run is unfinished or damaged.
        UsageError: If there are not two different runs, or they were not trained on the same data.
    """
    _check(runs)
    found = [logits_of(run, dataset, tta) for run in runs]
    named = {each.tta for each in found}
    shared = found[0].tta if len(named) == 1 else None
    if shared is None:
        found = [LabeledLogits(each.labels, each.logits) for each in found]
    labels = found[0].labels
    accuracy, loss = score(ensemble([each.logits for each in found]), labels)
    values = {"runs": [run.about["key"] for run in runs], "accuracy": accuracy, "loss": loss}
    shown: tuple[float | None, float | None] = (None, None)
    logits = [each.tta_logits for each in found if each.tta_logits is not None]
    if logits:
        shown = score(ensemble(logits), labels)
        values |= {"tta_accuracy": shown[0], "tta_loss": shown[1]}
    members = [
        score_and_log(run, each, dataset, ensemble=values)
        for run, each in zip(runs, found, strict=True)
    ]
    return EnsembleEvaluation(tuple(members), accuracy, loss, len(labels), shared, *shown)


def _check(runs: Sequence[Run]) -> None:
    if len(runs) < 2:
        raise UsageError(
            f"an ensemble of {', '.join(str(run.folder) for run in runs) or 'nothing'}; give at least two "
            "runs"
        )
    check_each_once(runs)
    check_same_data(runs)
