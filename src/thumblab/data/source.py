"""Where data come from: a value that names a data set, and the open function that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

from thumblab.core.errors import MissingRuleError
from thumblab.core.value import Value, type_name
from thumblab.data.dataset import Dataset
from thumblab.data.distribution import Distribution


@dataclass(frozen=True)
class Source(Value):
    """Base of the data sets that can be read. To add one, derive from it and register ``read``."""


@singledispatch
def read(source: Source, root: Path | None = None) -> Dataset:
    """The data set that ``source`` names, from files that are already on this machine.

    Args:
        source: Which data set.
        root: A folder that holds the official files, one of the official sub-folders or the
            official archive; or that archive itself. Without it, the folder named by the
            environment variable ``THUMBLAB_DATA`` is tried, then what ``download`` brought.

    Raises:
        DataError: If files are missing, truncated, or not what their header says.
    """
    raise MissingRuleError(
        f"no reader for {type_name(type(source))}; register one with @read.register"
    )


@singledispatch
def distribution(source: Source) -> Distribution | None:
    """The official files of a source, or None where nothing is downloaded."""
    return None
