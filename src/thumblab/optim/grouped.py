"""Parameter groups: weights with a learning rate of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Share, move, torch_optimizer
from thumblab.optim.pattern import Names, matches, paths_of, resolve
from thumblab.optim.twin import divide, named
from thumblab.optim.wrapper import Wrapper


@dataclass(frozen=True)
class Grouped(Wrapper):
    """The other's move, with the learning rate of some weights multiplied.

    A pattern is a path of a weight or of a layer, in which ``*`` stands for anything; or, once
    resolved on a model, a type of layer (see ``names_of``). The first that matches counts.

    Attributes:
        optimizer: What moves the weights.
        multipliers: Pairs of pattern and factor; a dict is taken as its items.
    """

    multipliers: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        pairs = (
            self.multipliers.items() if isinstance(self.multipliers, Mapping) else self.multipliers
        )
        object.__setattr__(self, "multipliers", tuple(pairs))
        Wrapper.__post_init__(self)
        if not all(map(_is_pair, self.multipliers)):
            raise UsageError(
                f"{self}: multipliers must be pairs of a pattern and a factor that is at least 0 and finite"
            )

    @property
    def by_name(self) -> bool:
        return bool(self.multipliers) or self.optimizer.by_name

    def factor(self, name: str) -> float:
        """What multiplies the learning rate of the weight at the path ``name``."""
        found = (factor for pattern, factor in self.multipliers if matches(name, pattern))
        return next(found, 1.0)


def _is_pair(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    name, factor = pair
    return isinstance(name, str) and isinstance(factor, int | float) and 0 <= factor < float("inf")


@resolve.register
def resolve_grouped(optimizer: Grouped, names: Names) -> Grouped:
    found: dict[str, float] = {}
    for pattern, factor in optimizer.multipliers:
        for path in paths_of(pattern, names):
            found.setdefault(path, factor)
    inner = resolve(optimizer.optimizer, names)
    return replace(optimizer, optimizer=inner, multipliers=tuple(found.items()))


@move.register
def grouped(optimizer: Grouped, share: Share) -> None:
    learning_rates = {
        name: lr * optimizer.factor(name) for name, lr in share.learning_rates.items()
    }
    move(optimizer.optimizer, replace(share, learning_rates=learning_rates))


@torch_optimizer.register
def grouped_twin(optimizer: Grouped, parameters: Iterable[Any], torch: ModuleType) -> Any:
    pairs = named(parameters)
    twin = torch_optimizer(optimizer.optimizer, pairs, torch)
    factors = {parameter: optimizer.factor(name) for name, parameter in pairs}
    divide(twin, factors.__getitem__)
    return twin
