"""The data of a run, read again: found where they lay, and held to what the run was trained on."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from thumblab.core.errors import DataError
from thumblab.core.value import LOCATES
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.evaluation.compatible import check_trained_on
from thumblab.runs.run import Run

Reader = Callable[[DatasetSpec, Path | None], Dataset]


def read_run_data(run: Run, root: Path | str | None = None, reader: Reader = read) -> Dataset:
    """The data that ``run`` was trained on.

    They are looked for below ``root``, where they lay when the run was trained, and where
    ``data.read`` looks by itself. A folder that has been moved since may be given under any name.

    Args:
        run: The run.
        root: Folder or archive with the data's files.
        reader: Reads a source below a root.

    Raises:
        DataError: If they are not there, or have changed since.
    """
    missing, changed = [], []
    for source, place in _places(run, None if root is None else Path(root)):
        try:
            with warnings.catch_warnings(record=True) as values:
                warnings.simplefilter("always")
                dataset = reader(source, place)
        except DataError as error:
            missing.append(error)
            continue
        try:
            check_trained_on(run, dataset)
        except DataError as error:
            changed.append(error)
            continue
        for warning in values:
            warnings.warn(warning.message, stacklevel=2)
        return dataset
    raise (changed or missing)[0]


def _places(run: Run, root: Path | None) -> Iterator[tuple[DatasetSpec, Path | None]]:
    """Sources and roots to try, in order."""
    source = run.experiment.data
    moved: dict[str, Any] = {f.name: "" for f in fields(source) if LOCATES in f.metadata}
    if root is not None:
        yield source, root
        if moved:
            yield replace(source, **moved), root
    lay = (run.environment or {}).get("data_root")
    if isinstance(lay, str) and Path(lay).exists():
        yield source, Path(lay)
    yield source, None
