"""Arms as they were given, told apart: those that are one, and those without a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.verdict.crossed import Crossed
from thumblab.verdict.verdict import ArmVerdict

Array = NDArray[Any]
Cross = Callable[[Mapping[str, Array]], Crossed]


@dataclass(frozen=True, eq=False)
class GivenArms:
    """Arms of a study.

    Attributes:
        names: Of all, in the order given.
        own: Those that have rows of their own, in the order of ``data``.
        twins: For each arm with seeds the one in ``own`` with the same rows: itself, mostly.
        baseline: One of ``own``.
        data: Of ``own``.
    """

    names: tuple[str, ...]
    own: tuple[str, ...]
    twins: Mapping[str, str]
    baseline: str
    data: Crossed

    @property
    def silent(self) -> tuple[str, ...]:
        """Arms of which no seed came to an end."""
        return tuple(name for name in self.names if name not in self.twins)

    @property
    def others(self) -> tuple[str, ...]:
        """``own`` without the baseline."""
        return tuple(name for name in self.own if name != self.baseline)

    def place(self, name: str) -> int:
        """The row of an arm in ``data``."""
        return self.own.index(name)

    def arm(self, name: str) -> ArmVerdict:
        """Its scores, without a comparison."""
        if name not in self.twins:
            return ArmVerdict(name, None, None, 0, ())
        scores = self.data.scores[self.place(self.twins[name])]
        return ArmVerdict(
            name=name,
            mean=float(scores.mean()),
            sd=float(scores.std(ddof=1)) if len(scores) > 1 else None,
            seeds=len(scores),
            scores=tuple(map(float, scores)),
        )


def given_arms(
    rows: Mapping[str, Array], cross: Cross, baseline: str, *, collapse: bool = True
) -> GivenArms:
    """Arms by their rows ``(seeds, images)``; those with equal ones are one, if they are to collapse."""
    seen: dict[bytes, str] = {rows[baseline].tobytes(): baseline} if collapse else {}
    twins = {
        name: seen.setdefault(each.tobytes(), name) if collapse else name
        for name, each in rows.items()
        if len(each)
    }
    own = tuple(name for name, twin in twins.items() if name == twin)
    return GivenArms(tuple(rows), own, twins, baseline, cross({name: rows[name] for name in own}))
