"""What a reader met on its way from files to a data set: sizes, what it left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LISTED = 20
"""So many files are named in one text; the others are counted."""


@dataclass(frozen=True)
class Reading:
    """A record that stays with the data set; it does not identify it.

    Attributes:
        files: The file of each sample of a part, by the part's name, relative to the folder or
            archive; empty where samples are no files of their own.
        smallest: ``(height, width)`` of the picture with the fewest pixels, before it was resized;
            None where all are stored in one size.
        largest: Of that with the most.
        passed_over: How many files of each suffix are no picture, such as ``{".txt": 3}``.
        skipped: A line for each picture that cannot be used and was left out as asked.
        notes: What was understood of the layout, in sentences.
    """

    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    smallest: tuple[int, int] | None = None
    largest: tuple[int, int] | None = None
    passed_over: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What was left out and understood, for a run's record; without the files that were read."""
        return {
            "passed_over": dict(self.passed_over),
            "skipped": list(self.skipped),
            "notes": list(self.notes),
        }

    @property
    def left_out(self) -> str:
        """What was passed over, by suffix and count; empty for nothing.

        >>> Reading(passed_over={".txt": 3, "": 1}).left_out
        '3 .txt, 1 without suffix'
        """
        most = sorted(self.passed_over.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{count:,} {suffix or 'without suffix'}" for suffix, count in most)


def counted(count: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "picture"), counted(1200, "picture")
    ('1 picture', '1,200 pictures')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def listed(lines: list[str] | tuple[str, ...], most: int = LISTED) -> str:
    """``lines`` one under the other, indented; those beyond ``most`` are counted."""
    shown = "".join(f"\n  {line}" for line in lines[:most])
    return shown + (f"\n  and {len(lines) - most:,} more" if len(lines) > most else "")
