"""What the figures draw, read from runs; nothing here evaluates a test set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import confusion as confusion_counts
from thumblab.core.errors import DataError, UsageError
from thumblab.core.text import spoken
from thumblab.data import Dataset
from thumblab.evaluation.arms import arms_of
from thumblab.evaluation.embedding import embeddings, shown_part
from thumblab.evaluation.mapping import judged_mappings
from thumblab.evaluation.scored import scored
from thumblab.report.compared_runs import compare_runs
from thumblab.report.figures.class_counts import class_counts
from thumblab.report.figures.confusion import confusion
from thumblab.report.figures.curves import Band, CurvePanel, curves
from thumblab.report.figures.forest import forest
from thumblab.report.figures.mapping import mapping
from thumblab.report.figures.pca import Projected, pca
from thumblab.report.figures.size import PAPER, Size
from thumblab.report.own_groups import own_groups
from thumblab.report.told_apart import told_apart
from thumblab.runs import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]

CLOUD = 1500
"""Images whose features are drawn."""


def curves_of(
    runs: Sequence[Run], *, by: Sequence[str] = (), band: Band = "range", size: Size = PAPER
) -> Figure:
    """Cross-entropy and accuracy by epoch: a line an arm, that is, runs that differ in their seed alone.

    Several arms show their validation images, a single one training images too.

    Args:
        runs: Any, finished or not.
        by: Settings that make the arms; all in which the runs differ, unless given.
        band: What lies around a line, see ``curves``.
        size: Of the figure.

    Raises:
        UsageError: If no run has ended an epoch, or two would be one seed of one arm.
    """
    arms = {arm.name: arm.runs for arm in arms_of(runs, by=by).each}
    parts = ("validation",) if len(arms) > 1 else ("train", "validation")
    panels = []
    for measure, title in (("cross_entropy", "cross-entropy (nats)"), ("accuracy", "accuracy")):
        lines = {}
        for name, own in arms.items():
            for part in parts:
                values = epochs_of(own, f"{part}_{measure}")
                if np.isfinite(values).any():
                    lines[name if len(arms) > 1 else part] = values
        if lines:
            title = title if len(parts) > 1 else f"validation {title}"
            panels.append(CurvePanel(title, lines, percent=measure == "accuracy"))
    if not panels:
        raise UsageError(
            f"{runs[0].folder} has nothing to draw: no epoch has ended, or nothing was kept apart for "
            "validation; give runs that have"
        )
    return curves(panels, band=band, size=size)


def epochs_of(runs: Sequence[Run], column: str) -> Array:
    """A column of the metrics, ``(runs, epochs)``; NaN after a run's end and where it has no value."""
    columns = [[line.get(column) for line in run.metrics] for run in runs]
    values = np.full((len(runs), max(map(len, columns))), np.nan)
    for row, column_of_run in enumerate(columns):
        found = [np.nan if value is None else float(value) for value in column_of_run]
        values[row, : len(found)] = found
    return values


def forest_of(
    runs: Sequence[Run],
    dataset: Dataset,
    *,
    by: Sequence[str] = (),
    against: str | None = None,
    size: Size = PAPER,
) -> Figure:
    """How the arms compare, by a verdict that was not declared; see ``compare_runs``.

    Raises:
        UsageError: If the runs cannot be compared, or their arms share no seed.
        DataError: If ``dataset`` is not theirs.
    """
    verdict = compare_runs(runs, dataset, by=by, against=against).verdict
    if verdict is None:
        raise UsageError(
            "these runs are one arm, or their arms share no seed; give runs of several arms with the same "
            "seeds"
        )
    return forest(verdict, size=size)


def confusion_of(runs: Sequence[Run], dataset: Dataset, *, size: Size = PAPER) -> Figure:
    """The confusion matrix, its counts summed over the runs: of test images if all were evaluated on them.

    Raises:
        UsageError: If a run has no scored images, or the runs have not the same classes and part.
        DataError: If ``dataset`` is not theirs.
    """
    found = [(run, scored(run, dataset)) for run in runs]
    counts, parts = None, set()
    for run, each in found:
        if each is None:
            raise UsageError(
                f"{run.folder} has no predictions of validation or test images; give a run that is done"
            )
        own = confusion_counts(each.guesses, each.labels, len(each.classes))
        counts = own if counts is None else counts + own
        parts.add(each.which)
    if counts is None or len(parts) > 1:
        raise UsageError(
            "some of the runs were evaluated on their test images and some were not; give runs of one kind"
        )
    return confusion(counts, dataset.classes, size=size)


def class_counts_of(dataset: Dataset, *, size: Size = PAPER) -> Figure:
    """How many images each class has to train on, and to test on if there is a test set."""
    parts = {"train": dataset.train, "test": dataset.test}
    counts = {
        name: np.bincount(part.labels, minlength=len(dataset.classes))
        for name, part in parts.items()
        if part is not None and len(part)
    }
    return class_counts(counts, dataset.classes, size=size)


def mapping_of(run: Run, dataset: Dataset, *, size: Size = PAPER) -> Figure:
    """Rules that read the data's groups off the run's classes.

    Raises:
        DataError: If the data have no groups of classes.
        UsageError: If the run is not done.
    """
    grouping = own_groups(dataset, dataset.classes)
    if grouping is None:
        raise DataError(f"{dataset.name} has no groups of classes; give a run on data that have")
    rows = judged_mappings(run, grouping).coarse
    return mapping(
        [spoken(row.mapping) for row in rows],
        [row.accuracy for row in rows],
        [row.low for row in rows],
        [row.high for row in rows],
        chosen=next((place for place, row in enumerate(rows) if row.chosen), None),
        size=size,
    )


def pca_of(run: Run, dataset: Dataset, *, size: Size = PAPER) -> Figure:
    """What the last Dense layer reads of validation images, before and after training.

    Raises:
        UsageError: If the network has no such layer, or the run is not done.
        DataError: If ``dataset`` is not the run's.
    """
    part = shown_part(run, dataset, CLOUD)
    clouds = [
        Projected(
            "after training" if each.trained else "before training", each.points, each.explained
        )
        for each in embeddings([run], dataset, part)
    ]
    shown = told_apart(dataset, scored(run, dataset))
    return pca(clouds, part.labels, dataset.classes, shown=shown, size=size)
