"""Classes that a page shows together, because the network takes them for one another."""

from __future__ import annotations

from dataclasses import dataclass

from thumblab.analysis import confusable_groups
from thumblab.evaluation.scored import Scored
from thumblab.report.confused import counts_of
from thumblab.report.pictures import Album, Picture, among

SHARE = 0.05
"""Least mean mutual confusion of classes that are gathered."""

GROUPS, IN_A_GROUP = 12, 12


@dataclass(frozen=True)
class GroupCard:
    """Classes that were gathered by their confusions, and mistakes among them.

    Attributes:
        names: Of the classes, in their order.
        share: How often one of a pair is taken for the other, mean over the pairs.
        mistakes: Images of one taken for another.
        pictures: A few of these.
    """

    names: tuple[str, ...]
    share: float
    mistakes: int
    pictures: list[Picture]


def group_cards(scored: Scored, album: Album | None) -> list[GroupCard]:
    """The confusable groups among the classes that the matrix draws, most confused first."""
    shown, counts = counts_of(scored)
    cards = []
    for group in confusable_groups(counts, share=SHARE)[:GROUPS]:
        classes = shown[list(group.classes)]
        rows = among(scored, classes, len(scored))
        cards.append(
            GroupCard(
                names=tuple(scored.classes[index] for index in classes),
                share=group.share,
                mistakes=len(rows),
                pictures=album.of(rows)[:IN_A_GROUP] if album else [],
            )
        )
    return cards
