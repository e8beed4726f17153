"""What goes together: runs that may be compared, and data that a run was trained on or can read.

Every comparison, ensemble, mapping, cross-evaluation and page asks here, so that one rule and one error
hold for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Dataset, Split
from thumblab.runs.run import Run


def check_done(runs: Sequence[Run]) -> None:
    """Raises ``UsageError`` unless every run is done."""
    for run in runs:
        if run.status != "done":
            raise UsageError(f"{run.folder} is {run.status}; give runs that are done")


def check_each_once(runs: Sequence[Run]) -> None:
    """Raises ``UsageError`` if a run is given twice, under whatever path."""
    if len({run.about["key"] for run in runs}) < len(runs):
        raise UsageError("a run is given twice; give each once")


def check_same_data(runs: Sequence[Run]) -> None:
    """Raises ``UsageError`` unless all were trained on the same data: every sample, label and class."""
    for run in runs[1:]:
        if run.about["fingerprint"] != runs[0].about["fingerprint"]:
            raise UsageError(
                f"{run.folder} was trained on other data or classes than {runs[0].folder}; give runs of "
                "the same data"
            )


def check_same_validation(runs: Sequence[Run], *, or_final: bool = False) -> None:
    """Raises ``UsageError`` unless validation images are the same, and tell something of each run.

    They do not of a run that has trained on them. ``or_final``: whether test images would do instead.
    """
    check_same_data(runs)
    for run in runs:
        if run.experiment.train_on == "all":
            way = (
                "compare them on the test images"
                if or_final
                else "give a run that keeps them apart"
            )
            raise UsageError(
                f"{run.folder} has trained on its validation images (train_on 'all'), so they say "
                f"nothing of it; {way}",
                remedies=("final",) if or_final else (),
            )
        if _split(run) != _split(runs[0]):
            raise UsageError(
                f"{run.folder} and {runs[0].folder} have other validation images; give runs of the same "
                "validation share and split seed"
            )


def _split(run: Run) -> tuple[float, int]:
    return run.experiment.validation, run.experiment.split_seed


def check_trained_on(run: Run, dataset: Dataset) -> None:
    """Raises ``DataError`` unless ``run`` was trained on ``dataset``: every sample, label and class."""
    if run.about["fingerprint"] != dataset.fingerprint:
        raise DataError(
            f"{run.folder} was trained on other data than the {dataset.name} found, or they have changed "
            "since; give the data that it was trained on"
        )


def readable_test_part(run: Run, dataset: Dataset) -> Split:
    """The test images of ``dataset``, which may be other data than the run's own.

    Raises:
        DataError: If there are none, or the run's network reads samples of another shape.
    """
    if dataset.test is None or not len(dataset.test):
        raise DataError(f"{dataset.name} has no test images; choose other data", remedies=("data",))
    shape = tuple(run.trained()[1]["shape"])
    if dataset.shape != shape:
        raise DataError(
            f"{run.folder} reads {shape} but {dataset.name} has {dataset.shape}; give data of the same shape"
        )
    return dataset.test
