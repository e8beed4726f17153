"""Everything that is wrong with some settings, gathered so that it is said at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from thumblab.core.errors import UsageError

MOST = 20
"""Problems that one message names."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: Where: a key, and names of arguments inside it.
        message: What.
        layer: Of which settings, where those of one layer win over those of another; from 0.
    """

    path: tuple[str, ...]
    message: str
    layer: int = 0

    def __str__(self) -> str:
        return ": ".join((*self.path, self.message))

    def as_option(self) -> str:
        """What is wrong, as ``--option: message``."""
        option = [f"--{key.replace('_', '-')}" for key in self.path[:1]]
        return ": ".join((*option, *self.path[1:], self.message))


class SettingsError(UsageError):
    """Everything that is wrong with some settings, each thing in ``found``."""

    def __init__(self, found: list[Problem]) -> None:
        more = f"; and {len(found) - MOST:,} more" if len(found) > MOST else ""
        super().__init__("; ".join(map(str, found[:MOST])) + more)
        self.found = found


class Collector:
    """Gathers the errors of several attempts and raises them together.

    Attributes:
        found: What is wrong so far.
        layer: Of which settings the next attempts are.
    """

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.layer = 0

    @contextmanager
    def at(self, *path: str) -> Iterator[None]:
        """Errors raised inside are kept, as problems at ``path``."""
        try:
            yield
        except SettingsError as problems:
            self.found += [
                Problem((*path, *each.path), each.message, self.layer) for each in problems.found
            ]
        except UsageError as error:
            self.found.append(Problem(path, str(error), self.layer))

    def check(self) -> None:
        """Raises ``SettingsError`` if anything was gathered."""
        if self.found:
            raise SettingsError(self.found)
