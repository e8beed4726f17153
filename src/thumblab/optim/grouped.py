"""Parameter groups: weights with a rate of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Share, move, torch_optimizer
from thumblab.optim.pattern import Names, matches, paths_of, settle
from thumblab.optim.twin import divide, named
from thumblab.optim.wrapper import Wrapper


@dataclass(frozen=True)
class Grouped(Wrapper):
    """The other's move, with the rate of some weights multiplied.

    A pattern is a path of a weight or of a layer, in which ``*`` stands for anything; or, once
    settled on a model, a type of layer (see ``names_of``). The first that matches counts.

    Attributes:
        optimizer: What moves the weights.
        rates: Pairs of pattern and factor; a dict is taken as its items.
    """

    rates: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        pairs = self.rates.items() if isinstance(self.rates, Mapping) else self.rates
        object.__setattr__(self, "rates", tuple(pairs))
        Wrapper.__post_init__(self)
        if not all(map(_is_pair, self.rates)):
            raise UsageError(
                f"{self}: rates must be pairs of a pattern and a factor that is at least 0 and finite"
            )

    @property
    def by_name(self) -> bool:
        return bool(self.rates) or self.optimizer.by_name

    def factor(self, name: str) -> float:
        """What multiplies the rate of the weight at the path ``name``."""
        found = (factor for pattern, factor in self.rates if matches(name, pattern))
        return next(found, 1.0)


def _is_pair(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    name, factor = pair
    return isinstance(name, str) and isinstance(factor, int | float) and 0 <= factor < float("inf")


@settle.register
def settle_grouped(optimizer: Grouped, names: Names) -> Grouped:
    rates: dict[str, float] = {}
    for pattern, factor in optimizer.rates:
        for path in paths_of(pattern, names):
            rates.setdefault(path, factor)
    inner = settle(optimizer.optimizer, names)
    return replace(optimizer, optimizer=inner, rates=tuple(rates.items()))


@move.register
def grouped(optimizer: Grouped, share: Share) -> None:
    rates = {name: rate * optimizer.factor(name) for name, rate in share.rates.items()}
    move(optimizer.optimizer, replace(share, rates=rates))


@torch_optimizer.register
def grouped_twin(optimizer: Grouped, parameters: Iterable[Any], torch: ModuleType) -> Any:
    pairs = named(parameters)
    twin = torch_optimizer(optimizer.optimizer, pairs, torch)
    factors = {parameter: optimizer.factor(name) for name, parameter in pairs}
    divide(twin, factors.__getitem__)
    return twin
