"""What is audited: arms with their runs, the data they were trained on, and what a study declared."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

from thumblab.audit.declaration import Declaration
from thumblab.audit.examined import Examined
from thumblab.audit.split_data import SplitData, split_settings
from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.runs import Run

T = TypeVar("T")
Reader = Callable[[Run], Dataset | None]


def no_data(run: Run) -> None:
    """Reads nothing: rules that need the data are not asked."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What an audit looks at. Nothing is read before a rule asks for it, and nothing twice.

    Attributes:
        arms: The runs of each arm, in order; one arm for runs that are not compared.
        read: Gives the data that a run was trained on, or None; asked once for each data set.
        declared: What a study said before.
        control: Whether a rule may train: for one epoch, on shuffled labels.

    Raises:
        UsageError: If there is no run, an arm has none, or the baseline is no arm.
    """

    arms: Mapping[str, Sequence[Run]]
    read: Reader = no_data
    declared: Declaration = field(default_factory=Declaration)
    control: bool = False

    def __post_init__(self) -> None:
        empty = [name for name, runs in self.arms.items() if not runs]
        if not self.arms or empty:
            which = f"arm {empty[0]!r} has none" if empty else "there is none"
            raise UsageError(f"an audit looks at runs, but {which}; give at least one an arm")
        if self.declared.baseline not in (None, *self.arms):
            raise UsageError(
                f"the baseline {self.declared.baseline!r} is no arm; name one of {', '.join(self.arms)}"
            )

    @property
    def baseline(self) -> str:
        """The arm that the others are compared with."""
        return self.declared.baseline or next(iter(self.arms))

    @cached_property
    def examined(self) -> Mapping[str, tuple[Examined, ...]]:
        """The runs of each arm."""
        return {
            name: tuple(Examined(name, run, self._split_data) for run in runs)
            for name, runs in self.arms.items()
        }

    @property
    def runs(self) -> tuple[Examined, ...]:
        """All runs."""
        return tuple(chain.from_iterable(self.examined.values()))

    @property
    def done(self) -> tuple[Examined, ...]:
        """The runs that have come to their end."""
        return tuple(each for each in self.runs if each.run.status == "done")

    @property
    def first_of_each_arm(self) -> tuple[Examined, ...]:
        """A run an arm that is done: what is so of an architecture is so of each of its seeds."""
        firsts = (
            next((each for each in own if each.run.status == "done"), None)
            for own in self.examined.values()
        )
        return tuple(each for each in firsts if each is not None)

    def pairs(self) -> Iterator[tuple[tuple[Examined, ...], tuple[Examined, ...]]]:
        """The baseline's runs with those of each other arm."""
        for name, own in self.examined.items():
            if name != self.baseline:
                yield self.examined[self.baseline], own

    @cached_property
    def split_data(self) -> tuple[SplitData, ...]:
        """Each way in which the runs take data apart, once."""
        found = (each.data for each in self.runs)
        return tuple({id(each): each for each in found if each is not None}.values())

    @property
    def is_compared(self) -> bool:
        """Whether there is more than one arm."""
        return len(self.arms) > 1

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for each key: for what several rules look at."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: T = self._remembered[key]
        return found

    @cached_property
    def _remembered(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _datasets(self) -> dict[str, Dataset | None]:
        return {}

    @cached_property
    def _splits(self) -> dict[object, SplitData]:
        return {}

    def _split_data(self, run: Run) -> SplitData | None:
        fingerprint = run.about["fingerprint"]
        if fingerprint not in self._datasets:
            self._datasets[fingerprint] = self.read(run)
        dataset = self._datasets[fingerprint]
        if dataset is None:
            return None
        key = (fingerprint, *split_settings(run.experiment))
        if key not in self._splits:
            self._splits[key] = SplitData(dataset, run.experiment)
        return self._splits[key]
