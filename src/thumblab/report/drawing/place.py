"""Where the items of a diagram stand: how far each reaches to both sides of its axis, and how high it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from thumblab.report.drawing.diagram import Box, Chain, Fork, Framed, Item

GAP = 22.0
"""Between one item and the next, and between a branch and what it leaves or joins."""
APART = 28.0
"""Between branches."""
PADDING, FOOT = 16.0, 22.0
"""Between a frame and what is in it, and below it."""
LABEL = 14.0
"""Height of a frame's label."""
TALL, FLAT = 46.0, 30.0
"""Height of a box with a second line, and without."""
JOINT = 10.0
"""Half the height of the sign where branches meet."""


@dataclass(frozen=True)
class Extent:
    """Pixels that an item takes to the left and right of its axis, and from top to bottom."""

    left: float
    right: float
    height: float


def box_height(box: Box) -> float:
    """Two lines where there is something for the second."""
    return TALL if box.notes or box.parameters else FLAT


def extent(item: Item | Chain, width: float) -> Extent:
    """The extent of an item, or of a chain of items, whose boxes are ``width`` wide."""
    if isinstance(item, Box):
        return Extent(width / 2, width / 2, box_height(item))
    if isinstance(item, Framed):
        inner = extent(item.items, width)
        height = inner.height + PADDING + LABEL + FOOT
        return Extent(inner.left + PADDING, inner.right + PADDING, height)
    if isinstance(item, Fork):
        return _fork(item, width)
    inner_extents = [extent(each, width) for each in item]
    return Extent(
        max((each.left for each in inner_extents), default=0.0),
        max((each.right for each in inner_extents), default=0.0),
        sum(each.height for each in inner_extents) + GAP * max(len(item) - 1, 0),
    )


def axes(fork: Fork, width: float) -> list[float]:
    """Where the axis of each branch stands, relative to the fork's own.

    The first branch of a residual connection stays on the axis and the others arc around it; branches
    that all do something stand side by side.
    """
    extents = [extent(branch, width) for branch in fork.branches]
    found = [0.0]
    for before, here in pairwise(extents):
        found.append(found[-1] + before.right + APART + here.left)
    if residual(fork):
        return found
    middle = (found[-1] + extents[-1].right - extents[0].left) / 2
    return [axis - middle for axis in found]


def residual(fork: Fork) -> bool:
    """Whether this is a body and a shortcut around it: two branches that are added."""
    return fork.merge == "add" and len(fork.branches) == 2


def _fork(fork: Fork, width: float) -> Extent:
    extents = [extent(branch, width) for branch in fork.branches]
    places = axes(fork, width)
    tallest = max(each.height for each in extents)
    return Extent(
        max(max(each.left - axis for each, axis in zip(extents, places, strict=True)), JOINT),
        max(max(each.right + axis for each, axis in zip(extents, places, strict=True)), JOINT),
        tallest + 2 * GAP + 2 * JOINT,
    )
