"""A moving average of the weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Share, move, torch_optimizer
from thumblab.optim.twin import around, moving
from thumblab.optim.wrapper import Wrapper, blend


@dataclass(frozen=True)
class EMA(Wrapper):
    """The other's move, then ``average = decay * average + (1 - decay) * w``; evaluated is ``average``.

    The average starts at the weights after step 0, or at those before its own first step if that is a
    later one. Statistics such as BatchNorm's stay
    those of the weights that train.

    Attributes:
        optimizer: What moves the weights.
        decay: Share of the last average that is kept, in [0, 1).

    Source: Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging"; as
        ``torch.optim.swa_utils.AveragedModel`` with ``get_ema_multi_avg_fn``.
    """

    decay: float = 0.999

    def __post_init__(self) -> None:
        Wrapper.__post_init__(self)
        if not 0 <= self.decay < 1:
            raise UsageError(f"{self}: the decay must be in [0, 1)")

    @property
    def own_slots(self) -> tuple[str, ...]:
        return ("average",)

    @property
    def copies(self) -> tuple[str, ...]:
        return (*self.own_slots, *self.optimizer.copies)

    @property
    def shown(self) -> str | None:
        return "average"


@move.register
def ema(optimizer: EMA, share: Share) -> None:
    move(optimizer.optimizer, share)
    for name, weight in share.weights.items():
        average = share.slots["average"][name]
        if share.count == 1:
            average[...] = weight
        else:
            blend(average, weight, 1 - optimizer.decay)


@torch_optimizer.register
def ema_twin(optimizer: EMA, parameters: Iterable[Any], torch: ModuleType) -> Any:
    twin = torch_optimizer(optimizer.optimizer, parameters, torch)

    def after() -> None:
        for parameter in moving(twin):
            state = twin.state[parameter]
            if "average" in state:
                state["average"].lerp_(parameter.detach(), 1 - optimizer.decay)
            else:
                state["average"] = parameter.detach().clone()

    around(twin, after=after)
    return twin
