"""An experiment from wherever it is kept: a recipe, an experiment file, a run folder."""

from __future__ import annotations

from pathlib import Path

from thumblab.config.experiment import Plan, plan
from thumblab.config.file import read_file
from thumblab.config.problem import SettingsError
from thumblab.core.errors import UsageError
from thumblab.data import class_count, read
from thumblab.experiment import Experiment
from thumblab.runs import Run


def load(what: Path | str, *, root: Path | str | None = None) -> Experiment:
    """The experiment that a recipe, an experiment file or a run folder describes.

    An architecture ends in as many outputs as the data have classes. Of the published data sets that
    number is known; other data are read for it, from the files that are on this machine.

    Args:
        what: ``recipe:NAME`` (``thumblab.config.recipes.names()`` lists them), the path of an
            experiment file, or the path of a run folder.
        root: Folder with the data's files (see ``data.read``), if they have to be read.

    Returns:
        A value: ``dataclasses.replace`` edits it, ``train`` trains it.

    Raises:
        UsageError: If there is no such recipe or file, or it describes no experiment; a line for each
            thing that is wrong.
        DataError: If the data have to be read and are missing or bad.
        RunError: If a folder holds no run, or a damaged one.
        UntrustedError: If a run needs code of its own; see ``Run.open``.

    >>> from dataclasses import replace
    >>> experiment = replace(load("recipe:characters"), epochs=2, seed=1)
    >>> experiment.epochs, experiment.batch, experiment.model.out_shape((1, 28, 28))
    (2, 128, (47,))
    """
    if Path(what).is_dir():
        return Run.open(what).experiment
    planned = _planned(what)
    classes = class_count(planned.draft.data)
    if classes is None:
        classes = len(read(planned.draft.data, root).classes)
    return planned.for_classes(classes)


def _planned(what: Path | str) -> Plan:
    stored = read_file(what)
    try:
        return plan(stored.settings)
    except SettingsError as problems:
        raise UsageError("\n".join(map(stored.locate, problems.found))) from problems
