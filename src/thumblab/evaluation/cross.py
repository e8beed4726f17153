"""Networks on one another's data: accuracy, F1, time, and which test images they have trained on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import LabelMap, accuracy_interval, averages, label_map
from thumblab.analysis.mappings import GroupSum, fitted
from thumblab.core.errors import UsageError
from thumblab.core.value import digest
from thumblab.data import Dataset, Split, duplicate_groups
from thumblab.evaluation.compatible import check_trained_on, readable_test_part
from thumblab.evaluation.evaluate import LabeledLogits, score_and_log
from thumblab.evaluation.predict import load_network
from thumblab.experiment.experiment import parts
from thumblab.runs import Run

Array = NDArray[Any]

WARM_UP = 512
"""Images predicted before the clock starts."""


@dataclass(frozen=True)
class Cell:
    """One network on one data set's test images.

    Attributes:
        network: Run folder.
        experiment: Names what runs of other seeds share.
        trained_on: Name of the data it was trained on.
        tested_on: Name of the data whose test images these are.
        classes: On how many common classes both are compared.
        images: Test images.
        accuracy: Share that is right.
        low: Lower end of its 95 % interval (Wilson).
        high: Upper end.
        f1_macro: Plain mean over classes.
        f1_weighted: Mean over classes weighted by their samples, near the accuracy.
        seen: Test images with the very pixels of an image that the network has trained on.
        unseen_accuracy: Share that is right of the others; None where there are none.
        seconds: Of predicting all test images, warm.
    """

    network: str
    experiment: str
    trained_on: str
    tested_on: str
    classes: int
    images: int
    accuracy: float
    low: float
    high: float
    f1_macro: float
    f1_weighted: float
    seen: int
    unseen_accuracy: float | None
    seconds: float


def cross(runs: Sequence[Run], own: Sequence[Dataset], tests: Sequence[Dataset]) -> Iterator[Cell]:
    """Every run on the test images of every data set; each is a logged evaluation.

    Where a network and the data name classes more and less finely, both are brought to the coarser
    names (``analysis.label_map``): labels are renamed, and the network's probabilities are summed.

    Args:
        runs: Runs that are done.
        own: The data that each was trained on.
        tests: Data sets with test images.

    Raises:
        UsageError: If a network and a data set have no classes in common.
        DataError: If a data set has no test images, shapes differ, or ``own`` is not a run's data.
    """
    maps = [[_label_map(run, data) for data in tests] for run in runs]
    for run, data in zip(runs, own, strict=True):
        check_trained_on(run, data)
    for run, data, row in zip(runs, own, maps, strict=True):
        trained = parts(run.experiment, data)[0]
        for test, common in zip(tests, row, strict=True):
            yield _cell(run, data, trained, test, common)


def _label_map(run: Run, data: Dataset) -> LabelMap:
    readable_test_part(run, data)
    common = label_map(run.trained()[1]["classes"], data.classes)
    if common is None:
        raise UsageError(
            f"the classes of {run.folder} and of {data.name} do not name the same things; give data "
            "with the same classes, or finer or coarser ones of the same names"
        )
    return common


def _cell(run: Run, data: Dataset, trained: Split, test: Dataset, common: LabelMap) -> Cell:
    assert test.test is not None
    images, labels = test.test.images, np.asarray(common.of_data)[test.test.labels]
    logits, seconds = _predicted(run, images)
    of_network = np.asarray(common.of_network)
    logits = logits[:, : len(of_network)]
    sums = fitted(GroupSum(), logits[:1], np.zeros(1, np.int64), of_network)
    scores = sums(logits)
    guesses = scores.argmax(1)
    seen = shared(trained.images, images)
    right = guesses == labels
    low, high = accuracy_interval(guesses, labels)
    values = {"classes": len(common.names), "seen": int(seen.sum())}
    score_and_log(
        run, LabeledLogits(labels, np.log(np.maximum(scores, 1e-300))), test, cross=values
    )
    return Cell(
        network=str(run.folder),
        experiment=digest(replace(run.experiment, seed=0))[:12],
        trained_on=data.name,
        tested_on=test.name,
        classes=len(common.names),
        images=len(labels),
        accuracy=float(right.mean()),
        low=low,
        high=high,
        f1_macro=averages(guesses, labels, "macro").f1,
        f1_weighted=averages(guesses, labels, "weighted").f1,
        seen=int(seen.sum()),
        unseen_accuracy=float(right[~seen].mean()) if not seen.all() else None,
        seconds=seconds,
    )


def _predicted(run: Run, images: Array) -> tuple[Array, float]:
    network, _ = load_network(run)
    network.predict(images[:WARM_UP])
    begun = time.perf_counter()
    logits = network.predict(images)
    return logits, time.perf_counter() - begun


def shared(images: Array, others: Array) -> Array:
    """Which of ``others`` have the very pixels of one of ``images``: bool ``(len(others),)``."""
    if images.shape[1:] != others.shape[1:] or images.dtype != others.dtype:
        return np.zeros(len(others), bool)
    numbers = duplicate_groups(np.concatenate([images, others]))
    return np.isin(numbers[len(images) :], numbers[: len(images)])


@dataclass(frozen=True)
class CellMean:
    """A cell over runs that differ in their seed alone.

    Attributes:
        experiment: What the runs share.
        trained_on: Name of the data they were trained on.
        tested_on: Name of the data whose test images these are.
        classes: On how many common classes.
        runs: How many.
        accuracy: Mean over the runs.
        spread: Standard deviation over the runs (``n - 1`` below); None for one run.
        f1_macro: Mean over the runs.
        f1_weighted: Likewise.
        seen: Share of the test images that the networks have trained on.
        unseen_accuracy: Mean over the runs of the accuracy on the others; None where there are none.
        seconds: Median over the runs.
    """

    experiment: str
    trained_on: str
    tested_on: str
    classes: int
    runs: int
    accuracy: float
    spread: float | None
    f1_macro: float
    f1_weighted: float
    seen: float
    unseen_accuracy: float | None
    seconds: float


def cell_means(cells: Sequence[Cell]) -> tuple[CellMean, ...]:
    """Cells of the same experiment and test images, taken together over seeds; in the order given."""
    keys = dict.fromkeys((cell.experiment, cell.trained_on, cell.tested_on) for cell in cells)
    return tuple(
        _mean([c for c in cells if (c.experiment, c.trained_on, c.tested_on) == key])
        for key in keys
    )


def _mean(cells: Sequence[Cell]) -> CellMean:
    def over(name: str) -> Array:
        return np.array([getattr(cell, name) for cell in cells], np.float64)

    first, several = cells[0], len(cells) > 1
    unseen = [cell.unseen_accuracy for cell in cells if cell.unseen_accuracy is not None]
    return CellMean(
        experiment=first.experiment,
        trained_on=first.trained_on,
        tested_on=first.tested_on,
        classes=first.classes,
        runs=len(cells),
        accuracy=float(over("accuracy").mean()),
        spread=float(over("accuracy").std(ddof=1)) if several else None,
        f1_macro=float(over("f1_macro").mean()),
        f1_weighted=float(over("f1_weighted").mean()),
        seen=float((over("seen") / over("images")).mean()),
        unseen_accuracy=float(np.mean(unseen)) if unseen else None,
        seconds=float(np.median(over("seconds"))),
    )
