"""Lookahead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Share, move, torch_optimizer
from thumblab.optim.twin import around, with_gradients
from thumblab.optim.wrapper import Wrapper, blend


@dataclass(frozen=True)
class Lookahead(Wrapper):
    """At every ``every``-th step, ``slow += share * (w - slow); w = slow``; evaluated is ``slow``.

    The slow weights start where the weights start. What the other one keeps is not reset.
    Statistics such as BatchNorm's stay those of the weights that train.

    Attributes:
        optimizer: What moves the weights.
        every: Steps between two moves of the slow weights.
        share: How far the slow weights go toward the others, in (0, 1].

    Source: Zhang et al. 2019, arXiv:1907.08610.
    """

    every: int = 5
    share: float = 0.5

    def __post_init__(self) -> None:
        Wrapper.__post_init__(self)
        if self.every < 1 or not 0 < self.share <= 1:
            raise UsageError(f"{self}: every must be at least 1 and share in (0, 1]")

    @property
    def own_slots(self) -> tuple[str, ...]:
        return ("slow",)

    @property
    def copies(self) -> tuple[str, ...]:
        return (*self.own_slots, *self.optimizer.copies)

    @property
    def shown(self) -> str | None:
        return self.optimizer.shown or "slow"


@move.register
def lookahead(optimizer: Lookahead, share: Share) -> None:
    slow = share.slots["slow"]
    if share.count == 1:
        for name, weight in share.weights.items():
            slow[name][...] = weight
    move(optimizer.optimizer, share)
    if share.count % optimizer.every == 0:
        for name, weight in share.weights.items():
            blend(slow[name], weight, optimizer.share)
            weight[...] = slow[name]


@torch_optimizer.register
def lookahead_twin(optimizer: Lookahead, parameters: Iterable[Any], torch: ModuleType) -> Any:
    twin = torch_optimizer(optimizer.optimizer, parameters, torch)
    start: dict[Any, Any] = {}

    def before() -> None:
        for parameter in with_gradients(twin):
            if "slow" not in twin.state.get(parameter, ()):
                start[parameter] = parameter.detach().clone()

    def after() -> None:
        for parameter in with_gradients(twin):
            state = twin.state[parameter]  # the other one begins its own where there is none
            if "slow" not in state:
                state.update(slow=start.pop(parameter), moves=0)
            state["moves"] += 1
            if state["moves"] % optimizer.every == 0:
                state["slow"].lerp_(parameter.detach(), optimizer.share)
                parameter.data.copy_(state["slow"])

    around(twin, before, after)
    return twin
