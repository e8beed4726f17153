"""Networks and mappings from fine to coarse, compared on the same images."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import accuracy_interval, consistency, holm, mcnemar
from thumblab.analysis.mappings import Mapping
from thumblab.evaluation.fine_scores import FineScores, fine_scores

Array = NDArray[Any]

Which = tuple[str, Mapping]
"""A network, by its name, and how its classes become groups."""


@dataclass(frozen=True)
class CoarseRow:
    """One network read by one mapping.

    Attributes:
        network: Run folder, or ``ensemble of N``.
        mapping: How its classes become groups.
        accuracy: Share of samples whose group is right.
        low: Lower end of its 95 % interval (Wilson).
        high: Upper end.
        consistency: Share of samples whose coarse guess is the group of the fine guess.
        only_this: Samples that this row alone gets right, against the chosen row.
        only_chosen: Samples that the chosen row alone gets right.
        p_value: McNemar's exact test against the chosen row; 1 for that row itself.
        adjusted: The same by Holm, over all rows but the chosen one.
        chosen: Whether validation images chose this row.
    """

    network: str
    mapping: Mapping
    accuracy: float
    low: float
    high: float
    consistency: float
    only_this: int
    only_chosen: int
    p_value: float
    adjusted: float
    chosen: bool


@dataclass(frozen=True)
class MappingTable:
    """All networks and mappings on the same images.

    Attributes:
        part: Which images these are.
        images: How many.
        fine: A row for each network.
        coarse: A row for each network and mapping.
    """

    part: Literal["validation", "test"]
    images: int
    fine: tuple[FineScores, ...]
    coarse: tuple[CoarseRow, ...]

    @property
    def chosen(self) -> CoarseRow:
        """The row that validation images chose."""
        return next(row for row in self.coarse if row.chosen)


def mapping_table(
    part: Literal["validation", "test"],
    logits: Dictionary[str, Array],
    labels: Array,
    groups: Array,
    guesses: Dictionary[Which, Array],
    chosen: Which,
) -> MappingTable:
    """The table of some networks' logits and of the coarse guesses made of them.

    Args:
        part: Which images these are.
        logits: ``(n, classes)`` of each network.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.
        guesses: Group indices ``(n,)`` of each network and mapping.
        chosen: Which of them validation images chose.
    """
    truth = groups[labels]
    best = guesses[chosen] == truth
    tests = {which: mcnemar(found == truth, best) for which, found in guesses.items()}
    others = [which for which in guesses if which != chosen]
    adjusted = holm(np.array([tests[which].p_value for which in others]))
    corrected = {chosen: 1.0} | dict(zip(others, adjusted.tolist(), strict=True))
    return MappingTable(
        part=part,
        images=len(labels),
        fine=tuple(fine_scores(name, each, labels, groups) for name, each in logits.items()),
        coarse=tuple(
            CoarseRow(
                *which,
                float(np.mean(found == truth)),
                *accuracy_interval(found, truth),
                consistency(logits[which[0]].argmax(1), found, groups),
                only_this=tests[which].only_first,
                only_chosen=tests[which].only_second,
                p_value=tests[which].p_value,
                adjusted=corrected[which],
                chosen=which == chosen,
            )
            for which, found in guesses.items()
        ),
    )
