"""Where data come from: a value that names a data set, and the open function that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import Any, TypeVar

from thumblab.core.errors import MissingRuleError
from thumblab.core.value import Value, type_name
from thumblab.data.dataset import Dataset
from thumblab.data.distribution import Distribution


@dataclass(frozen=True)
class DatasetSpec(Value):
    """Base of the data sets that can be read. To add one, derive from it and register ``read``."""


Reader = TypeVar("Reader", bound=Callable[..., Dataset])


@singledispatch
def _reader(source: DatasetSpec, root: Path | None = None) -> Dataset:
    raise MissingRuleError(
        f"no reader for {type_name(type(source))}; register one with @read.register"
    )


class _Read:
    """The open function ``read``: readers are registered by the source in their annotation."""

    def __call__(self, source: DatasetSpec, root: Path | str | None = None) -> Dataset:
        """The data set that ``source`` names, from files that are already on this machine.

        Args:
            source: Which data set.
            root: A folder that holds the official files, one of the official sub-folders or the
                official archive; or that archive itself. Without it, the folder named by the
                environment variable ``THUMBLAB_DATA`` is tried, then what ``download`` brought.

        Returns:
            A data set that knows its source. Its arrays cannot be written to: samples that were
            changed would be another data set under the same name.

        Raises:
            DataError: If files are missing, truncated, or not what their header says.
        """
        root = None if root is None else Path(root)
        return _reader(source, root).read_from(source, root)

    def register(self, reader: Reader) -> Reader:
        """Makes ``reader`` the one for the source that its first argument is annotated with."""
        _reader.register(reader)
        return reader

    def dispatch(self, kind: type[DatasetSpec]) -> Callable[..., Dataset]:
        """The reader of a kind of source."""
        found: Any = _reader.dispatch(kind)
        return lambda source, root=None: found(source, root).read_from(source, root)


read = _Read()


@singledispatch
def class_count(source: DatasetSpec) -> int | None:
    """How many classes a published source has, without its files; None where only they say it."""
    return None


@singledispatch
def distribution(source: DatasetSpec) -> Distribution | None:
    """The official files of a source, or None where nothing is downloaded."""
    return None
