"""Several runs that answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thumblab.analysis.ensemble import ensemble
from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.evaluation.evaluate import Answers, Evaluation, answers, judge, score
from thumblab.experiment.tta import Views
from thumblab.runs.run import Run


@dataclass(frozen=True)
class EnsembleEvaluation:
    """How the mean of several runs' probabilities does on test images.

    Attributes:
        members: How each run does alone, in the order given.
        accuracy: Of the mean over the runs, each image seen as it is; a fraction.
        loss: Likewise, the mean cross-entropy in nats.
        images: How many there are.
        views: What else every run was shown; None for nothing.
        views_accuracy: Of the mean over the runs, each by the mean logits of its views.
        views_loss: Likewise.
    """

    members: tuple[Evaluation, ...]
    accuracy: float
    loss: float
    images: int
    views: Views | None = None
    views_accuracy: float | None = None
    views_loss: float | None = None


def evaluate_ensemble(
    runs: Sequence[Run], dataset: Dataset | None = None, views: Views | None = None
) -> EnsembleEvaluation:
    """Accuracy of the mean probabilities of ``runs``; a look at the test set for each of them.

    Views are those given, or those that all experiments name; else the runs see the images alone.

    Raises:
        DataError: If there are no test images, or they do not fit a network.
        RunError: If a run is unfinished or damaged.
        UsageError: If there are not two different runs, or they were not trained on the same data.
    """
    _check(runs)
    found = [answers(run, dataset, views) for run in runs]
    named = {each.views for each in found}
    shared = found[0].views if len(named) == 1 else None
    if shared is None:
        found = [Answers(each.labels, each.logits) for each in found]
    labels = found[0].labels
    accuracy, loss = score(ensemble([each.logits for each in found]), labels)
    told = {"runs": [run.about["key"] for run in runs], "accuracy": accuracy, "loss": loss}
    shown: tuple[float | None, float | None] = (None, None)
    logits = [each.views_logits for each in found if each.views_logits is not None]
    if logits:
        shown = score(ensemble(logits), labels)
        told |= {"views_accuracy": shown[0], "views_loss": shown[1]}
    members = [
        judge(run, each, dataset, ensemble=told) for run, each in zip(runs, found, strict=True)
    ]
    return EnsembleEvaluation(tuple(members), accuracy, loss, len(labels), shared, *shown)


def _check(runs: Sequence[Run]) -> None:
    keys = [run.about["key"] for run in runs]
    if len(set(keys)) < max(len(keys), 2):
        raise UsageError(
            f"an ensemble of {', '.join(str(run.folder) for run in runs) or 'nothing'}; give at "
            "least two runs, each once"
        )
    for run in runs[1:]:
        if run.about["fingerprint"] != runs[0].about["fingerprint"]:
            raise UsageError(
                f"{run.folder} was trained on other data or classes than {runs[0].folder}; an "
                "ensemble needs the same"
            )
