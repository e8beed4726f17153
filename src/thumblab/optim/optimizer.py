"""What an optimizer is: data, and two open functions that say how weights move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from types import ModuleType
from typing import Any, ClassVar

from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value
from thumblab.optim.schedule import Schedule

Array = NDArray[Any]


@dataclass(frozen=True)
class Optimizer(Value):
    """How weights move along their gradient.

    Attributes:
        rate: Learning rate: a number, or a schedule of it.
        slots: Names of the arrays it keeps, each as long as the weights and zero at first.
    """

    rate: float | Schedule = 0.1
    slots: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.rate, Schedule) and not self.rate >= 0:
            raise UsageError(f"{self}: the rate must be at least 0")


@singledispatch
def update(
    optimizer: Optimizer,
    weight: Array,
    grad: Array,
    slots: dict[str, Array],
    rate: float,
    count: int,
) -> None:
    """Moves ``weight`` and ``slots`` in place, element by element; ``count`` is 1 at the first step."""
    raise MissingRuleError(
        f"{type(optimizer).__name__} has no NumPy rule; write one with @update.register"
    )


@singledispatch
def torch_optimizer(optimizer: Optimizer, parameters: Iterable[Any], torch: ModuleType) -> Any:
    """The ``torch.optim`` object that moves ``parameters`` alike; its ``lr`` is set at every step."""
    raise MissingRuleError(
        f"{type(optimizer).__name__} has no PyTorch rule; write one with @torch_optimizer.register"
    )
