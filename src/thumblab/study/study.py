"""A study: experiments that are compared over seeds, and the question that is asked of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal, get_args

from thumblab.core.errors import UsageError, unknown
from thumblab.experiment import Experiment
from thumblab.study.edits import Edits, edited
from thumblab.study.search import Search
from thumblab.study.space import check_space

Metric = Literal["accuracy", "top3_accuracy", "top5_accuracy", "coarse_accuracy", "macro_f1"]
Part = Literal["validation", "test"]
Against = Literal["baseline", "all pairs", "factors", "best"]
Budget = Literal["epochs", "images", "flops", "seconds"]
Varied = Literal["weights", "order", "augment", "dropout", "split"]

TOGETHER: tuple[Varied, ...] = ("weights", "order", "augment", "dropout")
"""What one seed draws, each from a stream of its own."""

MOST_SEEDS = 1000

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True)
class Seeds:
    """How often each arm is trained, and when its results may be looked at.

    Seed ``k`` is the same in every arm: networks of one seed start from the same streams, which is why
    arms are compared seed by seed.

    Attributes:
        count: Runs of each arm.
        looks: Numbers of seeds at which a verdict may be asked for and more seeds added, each at its
            exact level; ``"any"`` for after every seed. Without any, ``count`` is final.
        vary: What a seed draws: weights, order, augment and dropout, always together; with ``"split"``
            the validation images too.
    """

    count: int = 5
    looks: tuple[int, ...] | Literal["any"] = ()
    vary: tuple[Varied, ...] = TOGETHER

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_SEEDS:
            raise UsageError(f"count {self.count} is not from 1 to {MOST_SEEDS:,} seeds")
        if self.looks != "any":
            looks = tuple(self.looks)
            object.__setattr__(self, "looks", looks)
            if any(look < 2 for look in looks) or sorted(set(looks)) != list(looks):
                raise UsageError(f"looks {looks} must be rising numbers of seeds from 2 up")
        if strange := set(self.vary) - set(get_args(Varied)):
            raise unknown("thing to vary", min(strange), get_args(Varied))
        if missing := [each for each in TOGETHER if each not in self.vary]:
            raise UsageError(
                f"vary leaves out {' and '.join(missing)}, but one seed draws "
                f"{', '.join(TOGETHER)} together; name all of them"
            )
        if self.looks and self.looks != "any" and self.count not in self.looks:
            raise UsageError(
                f"count {self.count} is none of the looks {self.looks}; end with a declared look"
            )

    def apply(self, experiment: Experiment, number: int) -> Experiment:
        """The experiment with the seed of that number, from 0."""
        split = experiment.split_seed + (number if "split" in self.vary else 0)
        return replace(experiment, seed=experiment.seed + number, split_seed=split)


@dataclass(frozen=True)
class Question:
    """What is asked of a study, fixed before it runs.

    Attributes:
        metric: What is tested; all other measures are described only.
        on: The images that it is taken on. ``"test"`` is evaluated once, by the study, when its last cell
            is done.
        against: What each arm is compared with: the ``"baseline"``; ``"all pairs"``; ``"factors"`` for the
            effects and interactions of a factorial study; the ``"best"`` of the others.
        matters: Points (hundredths of the metric) below which a difference is not worth having; None if
            every difference is.
        expect: What was expected, such as ``"after - plain > 0"``; printed beside the verdict.
        equal: What all arms must spend alike, for the audit.
        level: Chance of any wrong claim in the whole study.
    """

    metric: Metric = "accuracy"
    on: Part = "validation"
    against: Against = "baseline"
    matters: float | None = None
    expect: tuple[str, ...] = ()
    equal: Budget = "epochs"
    level: float = 0.05

    def __post_init__(self) -> None:
        for name, choices in (
            ("metric", Metric),
            ("on", Part),
            ("against", Against),
            ("equal", Budget),
        ):
            if getattr(self, name) not in get_args(choices):
                raise unknown(name, str(getattr(self, name)), get_args(choices))
        if self.matters is not None and not 0 < self.matters < 100:
            raise UsageError(f"matters {self.matters} are points, above 0 and below 100")
        if self.metric == "macro_f1" and self.against != "baseline":
            raise UsageError(
                f"macro_f1 is compared with the baseline only, not against {self.against!r}; ask for the "
                "accuracy, or compare with the baseline"
            )
        if not 0 < self.level < 0.5:
            raise UsageError(f"level {self.level} is a chance of a wrong claim, in (0, 0.5)")


@dataclass(frozen=True)
class Arm:
    """One of the ways of training that are compared.

    Attributes:
        name: What it is called.
        experiment: With the first seed.
        edits: What it changes in the base, by path, as it was written.
        levels: Its level of each factor, in the order of ``Study.factors``; empty without factors.
    """

    name: str
    experiment: Experiment
    edits: tuple[tuple[str, str], ...] = ()
    levels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(f"{self.name!r} is no name of an arm; take 1 to 100 printable letters")


@dataclass(frozen=True)
class Study:
    """Experiments that are compared over seeds.

    Attributes:
        base: What the arms change.
        arms: By name: an experiment, or what it changes in the base by dotted path (see ``edits.py``).
            They become a tuple of ``Arm``; the first is the baseline unless ``baseline`` names another.
        seeds: How often each is trained.
        question: What is asked.
        baseline: The arm that the others are compared with.
        factors: Of a factorial study, the name and the levels of each factor.
        search: Hyperparameters chosen on validation images before the arms are trained; None for none.
        name: What the study is called, and the folder of its records.
        title: The question in words.
        ignore: Codes of audit rules that were set aside, each with its reason.

    >>> from thumblab import data, zoo
    >>> base = Experiment(data.Characters(), zoo.mlp(47), epochs=2)
    >>> study = Study(base, arms={"plain": {}, "longer": {"epochs": 4}}, seeds=Seeds(3))
    >>> [arm.name for arm in study.arms], study.baseline, study.arms[1].experiment.epochs
    (['plain', 'longer'], 'plain', 4)
    """

    base: Experiment
    arms: tuple[Arm, ...] | Mapping[str, Experiment | Edits]
    seeds: Seeds = Seeds()
    question: Question = Question()
    baseline: str = ""
    factors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    search: Search | None = None
    name: str = "study"
    title: str = ""
    ignore: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        if isinstance(self.arms, Mapping):
            arms = tuple(_arm(self.base, name, what) for name, what in self.arms.items())
            object.__setattr__(self, "arms", arms)
        if not re.fullmatch(r"[^\W_][\w.-]{0,99}", self.name):
            raise UsageError(
                f"{self.name!r} is no name of a study; take up to 100 letters, digits and _ . -"
            )
        _check_arms(self.arms)
        names = [str(arm.name) for arm in self.arms if isinstance(arm, Arm)]
        if not self.baseline:
            object.__setattr__(self, "baseline", names[0])
        if self.baseline not in names:
            raise unknown("baseline", self.baseline, names)
        if self.question.against == "factors" and not self.factors:
            raise UsageError(
                "against 'factors' needs axes; give them, or compare with the baseline"
            )
        self._check_comparable()
        if self.search is not None:
            check_space(self.search, {arm.name: arm.experiment for arm in self.each})

    def _check_comparable(self) -> None:
        """Raises ``UsageError`` if what is asked could not be told from such runs."""
        if len(self.each) == 1:
            raise UsageError("a study compares arms, and there is one; give at least two")
        if self.seeds.count == 1:
            raise UsageError("one seed compares networks, not ways of training; take at least two")
        if self.question.metric == "macro_f1" and self.seeds.looks:
            raise UsageError("macro_f1 is judged once, without looks; leave them out")
        seen = [arm.name for arm in self.each if arm.experiment.train_on == "all"]
        if seen and self.question.on == "validation":
            raise UsageError(
                f"arm {seen[0]!r} trains on the validation images, on which the question is asked; ask it on "
                "'test', or train on 'train'"
            )
        if "split" in self.seeds.vary and self.question.on == "validation":
            raise UsageError(
                "a seed that draws the split has validation images of its own, on which no two seeds can be "
                "compared; ask on 'test', or do not vary the split"
            )

    @property
    def each(self) -> tuple[Arm, ...]:
        """The arms, the baseline first."""
        assert not isinstance(self.arms, Mapping)
        return tuple(sorted(self.arms, key=lambda arm: arm.name != self.baseline))

    def arm(self, name: str) -> Arm:
        """The arm of that name."""
        found = {arm.name: arm for arm in self.each}
        if name not in found:
            raise unknown("arm", name, found)
        return found[name]


def _arm(base: Experiment, name: str, what: Experiment | Edits) -> Arm:
    if isinstance(what, Experiment):
        return Arm(name, what)
    experiment = base
    for path, value in what.items():
        before, experiment = experiment, edited(experiment, path, value)
        if edited(base, path, value) == base or experiment == before:
            raise UsageError(
                f"arm {name!r} changes nothing by {path} = {value!r}; the base has that already"
            )
    return Arm(name, experiment, tuple((path, str(value)) for path, value in what.items()))


def _check_arms(arms: Any) -> None:
    if not arms:
        raise UsageError("a study needs arms; name at least one")
    names = [arm.name for arm in arms]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"two arms are called {twice!r}; give each its own name")
    for one, other in combinations(arms, 2):
        if one.experiment == other.experiment:
            raise UsageError(
                f"arms {one.name!r} and {other.name!r} are the same experiment; change one, or leave it out"
            )


def latest_look(seeds: Seeds, done: int) -> int | None:
    """The largest number of seeds, at most ``done``, at which a verdict was declared; None if none is."""
    if seeds.looks == "any":
        return done if done >= 2 else None
    declared = [look for look in (seeds.looks or (seeds.count,)) if look <= done]
    return max(declared, default=None)
