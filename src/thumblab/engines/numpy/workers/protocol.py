"""Workers that each run the whole network on a shard of the batch, and add up what must be whole.

The rules of the layers see a meeting of them alone: whether the others are threads or processes is not
theirs to know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from thumblab.core.errors import StepAbandonedError

Array = NDArray[Any]
Kind = Literal["threads", "processes"]
ShouldStop = Callable[[], bool]
"""Asked between two layers; once it is true the pass is abandoned."""


def carry_on() -> bool:
    """Nobody wants to stop."""
    return False


class Order(NamedTuple):
    """What a crew is to do; plain numbers, so that they can be sent to a process."""

    task: int
    samples: int
    step: int
    epoch: int
    rate: float


class Meeting(Protocol):
    """Where the shards of one order meet; each calls ``total`` and ``wait`` equally often."""

    size: int

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        """Sum of the shards' values in rank order, in float64."""
        ...

    def wait(self, rank: int) -> None:
        """Returns once every shard has called it."""
        ...

    def check(self) -> None:
        """Raises an error if this pass is not to be finished; called between two layers."""
        ...


Work = Callable[[int, Meeting, Order], None]


class Crew(Protocol):
    """``count`` shards that do an order together; shard 0 is the caller."""

    count: int

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeroed memory that all shards see; a crew of processes has to be renewed after it."""
        ...

    def start(self, active: int) -> None:
        """Makes ``active`` shards ready; ``run`` does so itself if nobody has."""
        ...

    def run(self, order: Order, active: int) -> None:
        """Has the first ``active`` shards do ``order``.

        Raises:
            StepAbandonedError: If it was to stop.
            Exception: The first real error of any shard; the others leave their meeting.
        """
        ...

    def renew(self) -> None:
        """Lets every shard see what has changed in the caller besides the shared memory."""
        ...

    def close(self) -> None:
        """Ends the shards."""
        ...


@dataclass
class Alone:
    """The meeting of one shard with itself."""

    should_stop: ShouldStop = carry_on
    size: int = 1

    def check(self) -> None:
        if self.should_stop():
            raise StepAbandonedError

    def total(self, rank: int, value: Array) -> NDArray[np.float64]:
        return np.asarray(value, np.float64)

    def wait(self, rank: int) -> None:
        pass
