"""What is compared with what: all with the baseline, every pair, or all with the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from thumblab.verdict.best import contrasts_of
from thumblab.verdict.compared import Question, blank, compared
from thumblab.verdict.comparison import Comparison
from thumblab.verdict.given_arms import GivenArms
from thumblab.verdict.tested import Intervals


@dataclass(frozen=True)
class Declared:
    """Comparisons that were declared, and the one that stands for each arm.

    Attributes:
        comparisons: All of them.
        of_arm: By the name of an arm; what it is compared with has none.
    """

    comparisons: tuple[Comparison, ...]
    of_arm: Mapping[str, Comparison]


def against_baseline(arms: GivenArms, asked: Question) -> Declared:
    """Every arm with the baseline."""
    pairs = [(name, arms.baseline) for name in arms.others]
    found = _pairs(arms, pairs, replace(asked, silent=len(arms.silent)))
    of_arm = _with_twins(arms, asked, {each.arm: each for each in found}, arms.baseline)
    each = tuple(of_arm[name] for name in arms.names if name != arms.baseline)
    return Declared(each, of_arm)


def against_each_other(arms: GivenArms, asked: Question) -> Declared:
    """Every pair of arms; arms with equal rows are one."""
    found = _every_pair(arms, asked)
    return Declared(found, _with_twins(arms, asked, _with_arm(found, arms.baseline), arms.baseline))


def against_best(arms: GivenArms, asked: Question) -> Declared:
    """Every arm with the one that came out best.

    Which one that is was not known before. So the comparisons are those of all pairs, adjusted over
    all of them, and those with the best are told.
    """
    best = arms.own[int(arms.data.scores.mean(1).argmax())]
    of_arm = _with_twins(arms, asked, _with_arm(_every_pair(arms, asked), best), best)
    return Declared(tuple(of_arm[name] for name in arms.names if name in of_arm), of_arm)


def _every_pair(arms: GivenArms, asked: Question) -> tuple[Comparison, ...]:
    pairs = [(second, first) for first, second in combinations(arms.own, 2)]
    every = len(arms.own) + len(arms.silent)
    silent = every * (every - 1) // 2 - len(pairs)
    return _pairs(arms, pairs, replace(asked, silent=silent))


def _with_arm(pairs: Sequence[Comparison], first: str) -> dict[str, Comparison]:
    """By arm, its comparison with one of them."""
    named = {each.arm: each for each in pairs if each.against == first}
    return named | {each.against: _turned(each) for each in pairs if each.arm == first}


def _pairs(
    arms: GivenArms, pairs: Sequence[tuple[str, str]], asked: Question
) -> tuple[Comparison, ...]:
    places = [(arms.place(first), arms.place(second)) for first, second in pairs]
    return compared(arms.data, pairs, contrasts_of(places, len(arms.own)), asked)


def _with_twins(
    arms: GivenArms, asked: Question, found: Mapping[str, Comparison], first: str
) -> dict[str, Comparison]:
    """With arms that have no rows of their own, or none at all."""
    count = next((each.comparisons for each in found.values()), len(arms.silent))
    every = dict(found)
    for name in arms.silent:
        every[name] = replace(blank(arms.data, asked, count, name, first), seeds=0)
    for name, twin in arms.twins.items():
        if name != twin:
            like = found[twin] if twin in found else _equal(arms, asked, first)
            every[name] = replace(like, arm=name, same_as=twin)
    return every


def _equal(arms: GivenArms, asked: Question, first: str) -> Comparison:
    """Of an arm with the very rows of what it is compared with: no comparison that counts."""
    zeros = np.zeros((1, len(arms.own)))
    return compared(arms.data, [("", first)], zeros, replace(asked, silent=0))[0]


def _turned(found: Comparison) -> Comparison:
    """The same comparison, told of the other arm."""

    def turn(span: tuple[float, float] | None) -> tuple[float, float] | None:
        return span and (-span[1], -span[0])

    both = found.simultaneous
    wide = None if both is None else Intervals((-both[0][1], -both[0][0]), turn(both[1]))
    return replace(
        found,
        arm=found.against,
        against=found.arm,
        difference=None if found.difference is None else -found.difference,
        these_images=turn(found.these_images),
        images_like_these=turn(found.images_like_these),
        simultaneous=wide,
        equivalence=turn(found.equivalence),
    )
