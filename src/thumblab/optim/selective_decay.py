"""Weight decay for some weights only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Optimizer, Share, move, torch_optimizer
from thumblab.optim.pattern import Names, all_paths, matches, resolve
from thumblab.optim.twin import divide, named
from thumblab.optim.wrapper import Wrapper


@dataclass(frozen=True)
class SelectiveDecay(Wrapper):
    """The other's move, with a decay of 0 for some weights: by default the gains of norms and all biases.

    Decay pulls toward functions that are simple; a gain or a bias makes none more so. ``exclude``
    holds patterns (see ``names_of``): ``vector`` is every array of one dimension, ``norm`` every
    BatchNorm, LayerNorm and GroupNorm, ``*.bias`` every bias, ``head`` the last layer.

    Attributes:
        optimizer: What moves the weights; one with a ``weight_decay`` of its own.
        exclude: Patterns of the weights that do not decay.

    Source: He et al. 2019, arXiv:1812.01187, section 3.1, "no bias decay".
    """

    exclude: tuple[str, ...] = ("vector",)

    def __post_init__(self) -> None:
        Wrapper.__post_init__(self)
        if "weight_decay" not in {each.name for each in fields(self.optimizer)} or isinstance(
            self.optimizer, Wrapper
        ):
            raise UsageError(
                f"{type(self.optimizer).__name__} has no weight decay; put SelectiveDecay right around an"
                " optimizer that has one, and other wrappers around it"
            )

    @property
    def by_name(self) -> bool:
        return True

    @property
    def undecayed(self) -> Optimizer:
        """The other one without decay."""
        return replace(self.optimizer, weight_decay=0.0)  # type: ignore[call-arg]  # checked above

    def decays(self, name: str) -> bool:
        """Whether the weight at the path ``name`` decays."""
        return not any(matches(name, each) for each in self.exclude)


@resolve.register
def resolve_selective_decay(optimizer: SelectiveDecay, names: Names) -> SelectiveDecay:
    inner, exclude = resolve(optimizer.optimizer, names), all_paths(optimizer.exclude, names)
    return replace(optimizer, optimizer=inner, exclude=exclude)


@move.register
def selective_decay(optimizer: SelectiveDecay, share: Share) -> None:
    for inner, decays in ((optimizer.optimizer, True), (optimizer.undecayed, False)):
        chosen = {n: w for n, w in share.weights.items() if optimizer.decays(n) == decays}
        move(inner, replace(share, weights=chosen))


@torch_optimizer.register
def selective_decay_twin(
    optimizer: SelectiveDecay, parameters: Iterable[Any], torch: ModuleType
) -> Any:
    pairs = named(parameters)
    twin = torch_optimizer(optimizer.optimizer, pairs, torch)
    decays = {parameter: optimizer.decays(name) for name, parameter in pairs}
    divide(twin, lambda parameter: 1.0 if decays[parameter] else 0.0, "decays")
    for group in twin.param_groups:
        if not group["decays"]:
            group["weight_decay"] = 0.0
    return twin
