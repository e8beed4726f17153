"""Tables as columns: what ``pandas.DataFrame`` and ``polars.DataFrame`` take as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def columns(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """The rows of a table by column, each as long as there are rows.

    Args:
        rows: Mappings, or dataclasses such as ``evaluation.comparison.compare`` yields. Fields that a
            dataclass does not print are left out, and one inside another is taken apart:
            ``test.difference``.

    Returns:
        A list a column, in the order in which they are met; None where a row has none.

    >>> columns([{"epoch": 1, "loss": 0.5}, {"epoch": 2}])
    {'epoch': [1, 2], 'loss': [0.5, None]}
    """
    lines = [dict(_cells(row)) for row in rows]
    names = dict.fromkeys(name for line in lines for name in line)
    return {name: [line.get(name) for line in lines] for name in names}


def _cells(row: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(row, Mapping):
        yield from ((f"{prefix}{name}", value) for name, value in row.items())
        return
    for each in fields(row):
        value = getattr(row, each.name)
        if is_dataclass(value):
            yield from _cells(value, f"{prefix}{each.name}.")
        elif each.repr:
            yield f"{prefix}{each.name}", value
