"""What Optuna draws settings by, and which trials it stops early."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.pruners import BasePruner, HyperbandPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from thumblab.study.search import Choices, Range, Sampler, Search
from thumblab.study.space import Setting, rounded

STOPPED = "stopped"
"""Mark of a trial that was given back, and whose place another takes."""

REDUCTION = 3
"""One trial in so many goes on from each rung of the ladder, as in Li et al. 2018."""

RUNGS = 2


def distributions(search: Search) -> dict[str, BaseDistribution]:
    """The space of a search, as Optuna has it."""
    return {path: _distribution(wanted) for path, wanted in search.space}


def settings_of(search: Search, drawn: Mapping[str, Any]) -> dict[str, Setting]:
    """What Optuna has drawn, as it is trained: numbers with four significant digits."""
    return {
        path: rounded(drawn[path], wanted)
        if isinstance(wanted, Range) and not wanted.whole
        else drawn[path]
        for path, wanted in search.space
    }


def pruner(search: Search, epochs: int) -> BasePruner:
    """What stops trials early, by the validation accuracy after each epoch.

    Args:
        search: Names it.
        epochs: Of a whole trial; the first rung is at a ninth of them.
    """
    first = max(epochs // REDUCTION**RUNGS, 1)
    if search.pruner == "asha":
        return SuccessiveHalvingPruner(min_resource=first, reduction_factor=REDUCTION)
    if search.pruner == "hyperband":
        return HyperbandPruner(
            min_resource=first, max_resource=max(epochs, first + 1), reduction_factor=REDUCTION
        )
    return NopPruner()


class SeededSampler(BaseSampler):
    """A sampler with a seed of its own for each trial, so that a search that is resumed repeats nothing.

    The seed counts the trials before it but those that were given back: what a search finds does not
    depend on where it was interrupted.

    Args:
        kind: What draws.
        seed: Of all trials.
        every: Gives all trials so far; the study that Optuna hands over has those of one bracket alone,
            under Hyperband.
    """

    def __init__(
        self, kind: Sampler, seed: int, every: Callable[[], Iterable[FrozenTrial]]
    ) -> None:
        self._kind, self._seed, self._every = kind, seed, every
        self._last: tuple[int, BaseSampler] | None = None

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """As the sampler of this trial."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """As the sampler of this trial."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """As the sampler of this trial."""
        sampler = self._of(trial)
        return sampler.sample_independent(study, trial, param_name, param_distribution)

    def _of(self, trial: FrozenTrial) -> BaseSampler:
        if self._last is None or self._last[0] != trial.number:
            before = [each for each in self._every() if each.number < trial.number]
            place = sum(STOPPED not in each.user_attrs for each in before)
            digest = sha256(f"{self._seed} {place}".encode()).digest()
            seed = int.from_bytes(digest[:4], "little")
            made = TPESampler(seed=seed) if self._kind == "tpe" else RandomSampler(seed=seed)
            self._last = trial.number, made
        return self._last[1]


def _distribution(wanted: Range | Choices) -> BaseDistribution:
    if isinstance(wanted, Choices):
        return CategoricalDistribution(wanted.each)
    if wanted.whole:
        return IntDistribution(int(wanted.low), int(wanted.high), log=wanted.log)
    return FloatDistribution(wanted.low, wanted.high, log=wanted.log)
