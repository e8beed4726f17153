"""A coarser view of classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grouping:
    """Which classes belong together.

    Attributes:
        groups: Group index of each class, from 0 without a gap.
        names: Name of each group.
    """

    groups: tuple[int, ...]
    names: tuple[str, ...]
