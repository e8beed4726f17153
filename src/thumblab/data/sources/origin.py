"""Whether a data set that was handed over is the one that an experiment names."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from thumblab.core.errors import UsageError
from thumblab.core.value import LOCATES, Value, digest
from thumblab.data.dataset import Dataset
from thumblab.data.sources.arrays import Arrays


def check_origin(dataset: Dataset, source: Value) -> None:
    """Refuses a data set under another's name: what is stored of a run would be untrue.

    Arrays are compared by their SHA-256. Of everything else ``read`` notes where it came from; a
    data set made by hand, or changed since, has no such note.

    Raises:
        UsageError: If ``dataset`` was not read from ``source``.
    """
    if isinstance(source, Arrays):
        if source.sha256 == dataset.fingerprint:
            return
        raise UsageError(
            f"the experiment is on arrays with SHA-256 {source.sha256[:12]}, but those of "
            f"{dataset.name} have {dataset.fingerprint[:12]}; give the same arrays, or name these in "
            "the experiment: data=data.Arrays.of(dataset)"
        )
    if dataset.source is not None and _same(dataset.source, source):
        return
    where = f"read from {dataset.source}" if dataset.source else "made or changed by a program"
    raise UsageError(
        f"the experiment is on {source}, but the data set given ({dataset.name}) was {where}; give "
        "data.read of the experiment's own source, or name your arrays in it: "
        "data=data.Arrays.of(dataset)"
    )


def _same(one: Value, other: Value) -> bool:
    """Whether two sources name the same data, wherever the current folder is called ``.`` in a path."""
    if digest(one) != digest(other):
        return False
    places = [
        [
            Path(getattr(each, f.name)).expanduser().absolute()
            for f in fields(each)
            if LOCATES in f.metadata
        ]
        for each in (one, other)
    ]
    return places[0] == places[1]
