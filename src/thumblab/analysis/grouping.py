"""A coarser view of classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grouping:
    """Which classes belong together.

    Attributes:
        groups: Group index of each class.
        names: Name of each group.

    Raises:
        ValueError: If a group has no name or a name no class.
    """

    groups: tuple[int, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if set(self.groups) != set(range(len(self.names))):
            raise ValueError(
                f"groups are {sorted(set(self.groups))} and there are {len(self.names)} names; give "
                "each group a name and at least one class, from 0 without a gap"
            )
