"""What an optimizer is: data, and open functions that say how weights move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import singledispatch
from math import isfinite
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.layer import Shape
from thumblab.core.value import Value
from thumblab.optim.denormal import flush
from thumblab.optim.schedule import Schedule

Array = NDArray[Any]
AllReduce = Callable[[Array], NDArray[np.float64]]
CHUNK = 16 * 1024
"""Weights that ``update`` is given at a time, so that they stay in cache."""


@dataclass(frozen=True)
class Optimizer(Value):
    """How weights move along their gradient.

    Most move each weight by itself and need one rule, ``update``. What looks further registers
    ``move`` and says here how the engine may cut the weights.
    """

    @property
    def learning_rate(self) -> float | Schedule:
        """A number, or a schedule of it; a field of every optimizer."""
        if isinstance(found := getattr(self, "rate", None), int | float | Schedule):
            return found  # its name before 0.2, in code of users
        raise UsageError(
            f"{type(self).__name__} has no learning_rate; declare it as its first field"
        )

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the arrays it keeps, each as long as the trained weights."""
        return ()

    @property
    def copies(self) -> tuple[str, ...]:
        """The slots that begin as copies of the weights; the others begin at zero."""
        return ()

    @property
    def by_name(self) -> bool:
        """Whether paths or shapes of weights count; if not, they are one vector to it."""
        return False

    @property
    def shown(self) -> str | None:
        """The slot that holds the weights to evaluate; None for the trained weights themselves."""
        return None

    def whole(self, name: str, shape: Shape) -> bool:
        """Whether the weight at path ``name`` has to be moved in one piece, in its shape."""
        return False

    def __post_init__(self) -> None:
        lr = self.learning_rate
        if not isinstance(lr, Schedule) and not 0 <= lr < np.inf:
            raise UsageError(f"{self}: the learning rate must be at least 0 and finite")
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            if isinstance(value, float) and not isfinite(value):
                raise UsageError(f"{self}: {name} must be finite")


def alone(value: Array) -> NDArray[np.float64]:
    """The total over the workers where there is one worker."""
    return np.asarray(value, np.float64)


@dataclass(frozen=True)
class Share:
    """The weights that one worker moves in one step, by path, and what moves them.

    An array is a whole weight in its shape where ``Optimizer.whole`` asks for it, else a flat piece
    of a weight; or, where names do not count (``Optimizer.by_name``), a flat piece of all of them.

    Attributes:
        grads: Gradients of the whole batch; the optimizer may overwrite them.
        slots: What it keeps, by slot name and then by path.
        learning_rates: Of this step, by path.
        count: 1 at the first step.
        all_reduce: Sum of a value over the workers, in float64; all workers call it equally often.
    """

    weights: Mapping[str, Array]
    grads: Mapping[str, Array]
    slots: Mapping[str, Mapping[str, Array]]
    learning_rates: Mapping[str, float]
    count: int
    all_reduce: AllReduce = field(default=alone)


@singledispatch
def update(
    optimizer: Optimizer,
    weight: Array,
    grad: Array,
    slots: dict[str, Array],
    lr: float,
    count: int,
) -> None:
    """Moves ``weight`` and ``slots`` in place, element by element; ``count`` is 1 at the first step."""
    raise MissingRuleError(
        f"{type(optimizer).__name__} has no NumPy rule; write one with @update.register"
    )


@singledispatch
def move(optimizer: Optimizer, share: Share) -> None:
    """Moves the weights and slots of ``share`` in place; by default each element by ``update``."""
    for name, weight in share.weights.items():
        slots = {slot: share.slots[slot][name].reshape(-1) for slot in optimizer.slots}
        flat, grad, lr = (
            weight.reshape(-1),
            share.grads[name].reshape(-1),
            share.learning_rates[name],
        )
        for begin in range(0, flat.size, CHUNK):
            cut = slice(begin, begin + CHUNK)
            kept = {slot: array[cut] for slot, array in slots.items()}
            update(optimizer, flat[cut], grad[cut], kept, lr, share.count)


def advance(optimizer: Optimizer, share: Share) -> None:
    """``move``; now and then what has become too small for its digits is flushed to zero."""
    move(optimizer, share)
    for moved in (share.weights, *share.slots.values()):
        for array in moved.values():
            flat = array.reshape(-1)
            pieces = (flat[begin : begin + CHUNK] for begin in range(0, flat.size, CHUNK))
            flush(pieces, share.count)


def elementwise(optimizer: Optimizer) -> bool:
    """Whether ``update``, on any slices of the weights, is all there is to ``move``."""
    return move.dispatch(type(optimizer)) is move.dispatch(object)


@singledispatch
def torch_optimizer(optimizer: Optimizer, parameters: Iterable[Any], torch: ModuleType) -> Any:
    """The ``torch.optim`` object that moves ``parameters`` alike, after ``set_learning_rate``.

    ``parameters`` are tensors, or pairs of path and tensor as ``named_parameters()`` gives them,
    which an optimizer that goes ``by_name`` needs.
    """
    raise MissingRuleError(
        f"{type(optimizer).__name__} has no PyTorch rule; write one with @torch_optimizer.register"
    )


def set_learning_rate(twin: Any, lr: float) -> None:
    """Gives the learning rate to every parameter group of ``twin``, times the group's own factor."""
    for group in twin.param_groups:
        group["lr"] = lr * group.get("factor", 1.0)
