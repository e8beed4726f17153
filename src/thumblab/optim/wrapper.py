"""Optimizers around another one, and what they share on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.core.layer import Shape
from thumblab.optim.optimizer import CHUNK, Array, Optimizer
from thumblab.optim.schedule import Schedule
from thumblab.optim.sgd import SGD


@dataclass(frozen=True)
class Wrapper(Optimizer):
    """An optimizer that does something before or after the moves of another.

    Attributes:
        optimizer: The other one; it has the learning rate.
    """

    optimizer: Optimizer = SGD()

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if len(set(self.slots)) < len(self.slots):
            raise UsageError(f"{self} keeps {', '.join(self.slots)}; wrap each kind once only")

    @property
    def own_slots(self) -> tuple[str, ...]:
        """What it keeps besides what the other one keeps."""
        return ()

    @property
    def rate(self) -> float | Schedule:
        return self.optimizer.rate

    @property
    def slots(self) -> tuple[str, ...]:
        return (*self.own_slots, *self.optimizer.slots)

    @property
    def by_name(self) -> bool:
        return self.optimizer.by_name

    @property
    def shown(self) -> str | None:
        return self.optimizer.shown

    def whole(self, name: str, shape: Shape) -> bool:
        return self.optimizer.whole(name, shape)


def with_rate(optimizer: Optimizer, rate: float | Schedule) -> Optimizer:
    """Copy with another learning rate, which the innermost of wrapped optimizers has.

    >>> from thumblab.optim import EMA, SGD
    >>> with_rate(EMA(SGD(0.1)), 0.3).rate
    0.3
    """
    if isinstance(optimizer, Wrapper):
        return replace(optimizer, optimizer=with_rate(optimizer.optimizer, rate))
    return replace(optimizer, rate=rate)  # type: ignore[call-arg]  # a field of every other one


def blend(kept: Array, new: Array, share: float) -> None:
    """``kept += share * (new - kept)``, a piece at a time, so that it stays in cache."""
    kept, new = kept.reshape(-1), new.reshape(-1)
    for begin in range(0, kept.size, CHUNK):
        cut = slice(begin, begin + CHUNK)
        kept[cut] += share * (new[cut] - kept[cut])


# ----- PyTorch -----


def named(parameters: Iterable[Any]) -> list[tuple[str, Any]]:
    """Pairs of path and parameter.

    Raises:
        UsageError: If the parameters come without their paths.
    """
    pairs = list(parameters)
    if not all(isinstance(pair, tuple) for pair in pairs):
        raise UsageError("this optimizer goes by paths of weights; give it named_parameters()")
    return pairs


def around(
    twin: Any,
    before: Callable[[], object] | None = None,
    after: Callable[[], object] | None = None,
) -> None:
    """Calls ``before`` and ``after`` at each step of ``twin``, outside of what is called already."""
    if not hasattr(twin, "called"):
        twin.called = [], []
        twin.register_step_pre_hook(lambda *_: _call(twin.called[0]))
        twin.register_step_post_hook(lambda *_: _call(twin.called[1]))
    if before is not None:
        twin.called[0].insert(0, before)
    if after is not None:
        twin.called[1].append(after)


def _call(functions: list[Callable[[], object]]) -> None:
    for function in functions:
        function()


def moving(twin: Any) -> list[Any]:
    """The parameters that have a gradient."""
    return [p for group in twin.param_groups for p in group["params"] if p.grad is not None]


def divide(twin: Any, factor: Callable[[Any], float]) -> None:
    """Cuts the parameter groups of a new ``twin``, so that each has one ``factor`` of its rate."""
    groups = []
    for group in twin.param_groups:
        factors = [factor(parameter) for parameter in group["params"]]
        for each in dict.fromkeys(factors):
            chosen = [i for i, found in enumerate(factors) if found == each]
            lists = {
                key: [group[key][i] for i in chosen]
                for key in ("params", "param_names")
                if key in group
            }
            groups.append(group | lists | {"factor": group.get("factor", 1.0) * each})
    twin.param_groups[:] = groups
