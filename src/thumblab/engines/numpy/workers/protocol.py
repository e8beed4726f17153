"""A pool of workers: each runs the whole network on a shard of the batch.

Layers see a communicator, with which the workers synchronize and add up what depends on the whole batch; they
do not depend on whether the workers are threads or processes.
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
    """Never stops."""
    return False


class Command(NamedTuple):
    """What the workers are to do; plain numbers, which can be sent to a process."""

    task: int
    samples: int
    step: int
    epoch: int
    learning_rate: float


class Communicator(Protocol):
    """How the workers of one command synchronize; each makes the same calls in the same order."""

    size: int

    def all_reduce(self, rank: int, value: Array) -> NDArray[np.float64]:
        """Sum of the workers' values in rank order, in float64."""
        ...

    def barrier(self, rank: int) -> None:
        """Returns once every worker has called it."""
        ...

    def check(self) -> None:
        """Raises an error if this pass is not to be finished; called between two layers."""
        ...


Work = Callable[[int, Communicator, Command], None]


class WorkerPool(Protocol):
    """``count`` workers that do a command together; worker 0 is the caller."""

    count: int

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Zeroed memory that all workers see; a pool of processes has to be restarted after it."""
        ...

    def start(self, active: int) -> None:
        """Starts ``active`` workers; ``run`` does so if they have not been started."""
        ...

    def run(self, command: Command, active: int) -> None:
        """Has the first ``active`` workers do ``command``.

        Raises:
            StepAbandonedError: If it was to stop.
            Exception: The first real error of any worker; the others stop.
        """
        ...

    def restart(self) -> None:
        """Makes every worker see what has changed in the caller outside the shared memory."""
        ...

    def close(self) -> None:
        """Ends the workers."""
        ...


@dataclass
class SingleWorker:
    """The communicator of a worker that is the only one."""

    should_stop: ShouldStop = carry_on
    size: int = 1

    def check(self) -> None:
        if self.should_stop():
            raise StepAbandonedError

    def all_reduce(self, rank: int, value: Array) -> NDArray[np.float64]:
        return np.asarray(value, np.float64)

    def barrier(self, rank: int) -> None:
        pass
