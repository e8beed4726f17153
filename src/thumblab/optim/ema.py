"""A moving average of the weights."""

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
class EMA(Wrapper):
    """The other's move, then ``average = kept * average + (1 - kept) * w``; evaluated is ``average``.

    ``kept = min(decay, t / (t + 9))`` at the t-th step: the first weights, which are random, are soon
    forgotten, so that a short run has an average of its last tenth. A decay of 0.999 is reached after
    some 9000 steps. The average starts at the weights after step 1, or at those before its own first
    step if that is a later one. Statistics such as BatchNorm's stay those of the weights that train.

    Attributes:
        optimizer: What moves the weights.
        decay: Share of the last average that is kept in the end, in [0, 1).

    Source: Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging"; as
        ``torch.optim.swa_utils.AveragedModel``, warmed up as TensorFlow's
        ``train.ExponentialMovingAverage`` with ``num_updates``.
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

    def share(self, count: int) -> float:
        """How far the average goes toward the weights at a step; ``count`` is 1 at the first."""
        return 1 - min(self.decay, count / (count + 9))


@move.register
def ema(optimizer: EMA, share: Share) -> None:
    move(optimizer.optimizer, share)
    for name, weight in share.weights.items():
        average = share.slots["average"][name]
        if share.count == 1:
            average[...] = weight
        else:
            blend(average, weight, optimizer.share(share.count))


@torch_optimizer.register
def ema_twin(optimizer: EMA, parameters: Iterable[Any], torch: ModuleType) -> Any:
    twin = torch_optimizer(optimizer.optimizer, parameters, torch)

    def after() -> None:
        for parameter in with_gradients(twin):
            state = twin.state[parameter]
            state["averaged"] = state.get("averaged", 0) + 1
            if "average" in state:
                share = optimizer.share(state["averaged"])
                state["average"].lerp_(parameter.detach(), share)
            else:
                state["average"] = parameter.detach().clone()

    around(twin, after=after)
    return twin
