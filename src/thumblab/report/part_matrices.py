"""Small confusion matrices inside the large one: digits, cases, groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import Grouping, character_parts, confusion, group_confusion, sub_matrix
from thumblab.evaluation.scored import Scored

Array = NDArray[Any]

LARGEST = 64
"""Classes on a side; what is larger is better seen in the whole matrix."""


def part_matrices(scored: Scored, grouping: Grouping | None) -> list[dict[str, Any]]:
    """The parts that the classes suggest, each with what the page's script reads.

    Groups of the data come first: among themselves, then each inside. Handwritten characters have
    digits, letters and cases, and one case taken for the other. Each entry has a ``name``, the
    ``rows`` and ``columns`` by name, ``counts`` and ``elsewhere``, the images of each row that were
    taken for something that is no column.
    """
    classes = len(scored.classes)
    matrix = confusion(scored.guesses, scored.labels, classes)
    return [*_groups(scored, matrix, grouping), *_characters(scored, matrix)]


def _groups(scored: Scored, matrix: Array, grouping: Grouping | None) -> Iterator[dict[str, Any]]:
    if grouping is None or len(grouping.names) < 2:
        return
    groups = np.array(grouping.groups)
    if len(grouping.names) <= LARGEST:
        counts = group_confusion(matrix, groups)
        names = list(grouping.names)
        yield _matrix("all groups", names, names, counts, np.zeros(len(names), np.int64))
    for index, name in enumerate(grouping.names):
        members = np.flatnonzero(groups == index).tolist()
        yield from _part(scored, matrix, name, members, members)


def _characters(scored: Scored, matrix: Array) -> Iterator[dict[str, Any]]:
    parts = character_parts(scored.classes)
    for name, members in parts.items():
        yield from _part(scored, matrix, name, members, members)
    upper, lower = parts.get("upper case", ()), parts.get("lower case", ())
    if upper and lower:
        yield from _part(scored, matrix, "upper taken for lower case", upper, lower)
        yield from _part(scored, matrix, "lower taken for upper case", lower, upper)


def _part(
    scored: Scored, matrix: Array, name: str, truths: Any, guesses: Any
) -> Iterator[dict[str, Any]]:
    if 1 < max(len(truths), len(guesses)) <= LARGEST:
        part = sub_matrix(matrix, truths, guesses)
        rows, columns = ([scored.classes[i] for i in side] for side in (truths, guesses))
        yield _matrix(name, rows, columns, part.counts, part.elsewhere)


def _matrix(
    name: str, rows: list[str], columns: list[str], counts: Array, elsewhere: Array
) -> dict[str, Any]:
    return {
        "name": name,
        "rows": rows,
        "columns": columns,
        "counts": counts.tolist(),
        "elsewhere": elsewhere.tolist(),
    }
