"""What ``data.check`` found, in words: whole for ``data``, in a line for the head of ``train``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from thumblab.cli.output import percent, table

if TYPE_CHECKING:
    from thumblab.data import Check

MOST_ROWS = 100
"""So many classes have a row; those with the fewest training samples are shown."""


def warn_of(check: Check) -> None:
    """Warns of everything that is suspicious."""
    for sentence in check.warnings:
        warnings.warn(sentence, stacklevel=2)


def summary(check: Check) -> str:
    """One line: what is trained on, the smallest class, and what guessing gives."""
    parts = ", ".join(f"{sum(counts):,} {name}" for name, counts in check.counts.items())
    name, count = check.smallest
    return (
        f"{check.name}: {parts} samples in {len(check.classes)} classes; the smallest, {name}, has "
        f"{count:,}; guessing {check.guess} gives {percent(check.guess_accuracy)}"
    )


def rows(check: Check) -> list[tuple[str, str]]:
    """Named lines: sizes, the smallest class, guessing, duplicates, and what was left out."""
    from thumblab.data.reading import counted

    reading, name_count = check.reading, check.smallest
    found = []
    if reading.smallest and reading.largest:
        small, large = (
            "x".join(map(str, reversed(s))) for s in (reading.smallest, reading.largest)
        )
        sizes = small if small == large else f"{small} to {large}"
        found.append(("pictures", f"{sizes} pixels, wide x high"))
    found += [
        ("smallest", f"{name_count[0]}, {counted(name_count[1], 'training sample')}"),
        ("guessing", f"{check.guess} every time: {percent(check.guess_accuracy)}"),
        ("duplicates", _duplicates(check)),
        ("flat", ", ".join(f"{count:,} {part}" for part, count in check.flat.items() if count)),
        ("passed over", reading.left_out),
        ("skipped", counted(len(reading.skipped), "unusable picture") if reading.skipped else ""),
    ]
    return [(name, text or "none") for name, text in found]


def _duplicates(check: Check) -> str:
    found = [
        (check.repeated, "within classes"),
        (len(check.contradictory), "under two labels"),
    ]
    return ", ".join(f"{count:,} {where}" for count, where in found if count)


def class_table(check: Check) -> str:
    """A row for each class: its samples in each part."""
    parts = list(check.counts)
    rare = sorted(range(len(check.classes)), key=lambda i: check.counts["training"][i])
    body = [
        (check.classes[i], *(f"{check.counts[part][i]:,}" for part in parts))
        for i in sorted(rare[:MOST_ROWS])
    ]
    text = table(("class", *parts), body)
    left = len(check.classes) - len(body)
    return text + (f"\nand {left} classes with more training samples" if left else "")
