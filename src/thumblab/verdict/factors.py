"""Effects of a factorial study: what each factor does alone, and what two of them do together."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.compared import Question, compared
from thumblab.verdict.comparison import Comparison
from thumblab.verdict.given_arms import GivenArms

Array = NDArray[Any]
Design = Mapping[str, Mapping[str, str]]


def effects(arms: GivenArms, design: Design, asked: Question) -> tuple[Comparison, ...]:
    """Main effects of all levels but the baseline's, then interactions of every two of them."""
    usual = design[arms.baseline]
    others = {
        factor: list(dict.fromkeys(level[factor] for level in design.values())) for factor in usual
    }
    single = [
        (factor, level)
        for factor, levels in others.items()
        for level in levels
        if level != usual[factor]
    ]
    pairs, rows = [], []
    for factor, level in single:
        pairs.append((f"{factor}={level}", f"{factor}={usual[factor]}"))
        rows.append(_effect(arms, design, {factor: (level, usual[factor])}))
    for first, second in combinations(single, 2):
        if first[0] != second[0]:
            pairs.append((f"{'='.join(first)} with {'='.join(second)}", "the sum of both"))
            both = {factor: (level, usual[factor]) for factor, level in (first, second)}
            rows.append(_effect(arms, design, both))
    return compared(arms.data, pairs, np.array(rows), asked)


def _effect(arms: GivenArms, design: Design, moved: Mapping[str, tuple[str, str]]) -> Array:
    """Weights of the arms: differences in every factor that moves, the mean over all others."""
    weights = np.zeros(len(arms.own))
    for place, name in enumerate(arms.own):
        sign = 1
        for factor, (to, usual) in moved.items():
            sign *= (design[name][factor] == to) - (design[name][factor] == usual)
        weights[place] = sign
    return np.asarray(weights * (2 ** len(moved) / np.count_nonzero(weights)))
