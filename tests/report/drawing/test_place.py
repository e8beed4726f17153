from __future__ import annotations

from itertools import pairwise

import pytest

from thumblab.layers import Conv, Flatten, Identity, Parallel, ReLU, Sequential, residual
from thumblab.report.drawing.diagram import Box, Fork, diagram
from thumblab.report.drawing.place import (
    APART,
    FLAT,
    FOOT,
    GAP,
    JOINT,
    LABEL,
    PADDING,
    TALL,
    axes,
    box_height,
    extent,
)

WIDTH = 100.0
SHAPE = (3, 8, 8)


def fork_of(*layers, merge="add"):  # type: ignore[no-untyped-def]
    (found,) = diagram(Parallel(*layers, merge=merge), SHAPE)
    assert isinstance(found, Fork)
    return found


def test_a_box_has_a_second_line_where_there_is_something_to_say() -> None:
    conv, flatten = diagram(Sequential(Conv(3), Flatten()), SHAPE)
    assert isinstance(conv, Box)
    assert isinstance(flatten, Box)
    assert (box_height(conv), box_height(flatten)) == (TALL, FLAT)


def test_a_chain_is_as_high_as_its_items_and_the_gaps() -> None:
    chain = diagram(Sequential(Conv(3), Conv(3), Flatten()), SHAPE)
    found = extent(chain, WIDTH)
    assert (found.left, found.right) == (50, 50)
    assert found.height == 2 * TALL + FLAT + 2 * GAP
    assert extent((), WIDTH).height == 0


def test_a_shortcut_arcs_around_the_right_of_a_body_on_the_axis() -> None:
    fork = fork_of(Conv(3), Identity())
    assert axes(fork, WIDTH) == [0, 50 + APART]
    found = extent(fork, WIDTH)
    assert (found.left, found.right) == (50, 50 + APART)
    assert found.height == TALL + 2 * GAP + 2 * JOINT


def test_a_shortcut_with_a_box_stands_beside_the_body() -> None:
    fork = fork_of(Sequential(Conv(3), Conv(3)), Conv(3, 1))
    assert axes(fork, WIDTH) == [0, 100 + APART]
    assert extent(fork, WIDTH).right == 150 + APART


@pytest.mark.parametrize("branches", [2, 3, 4])
def test_branches_that_are_joined_stand_around_the_axis(branches: int) -> None:
    fork = fork_of(*[Conv(3)] * branches, merge="concat")
    places = axes(fork, WIDTH)
    assert sum(places) == pytest.approx(0)
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([100 + APART] * (branches - 1))
    found = extent(fork, WIDTH)
    assert found.left == found.right == pytest.approx(places[-1] + 50)


def test_a_frame_reaches_around_what_is_in_it() -> None:
    block = residual(Sequential(Conv(3), ReLU()))
    (frame,) = diagram(Sequential(block, block), SHAPE)
    inner, outer = extent(diagram(block, SHAPE), WIDTH), extent(frame, WIDTH)
    assert (outer.left, outer.right) == (inner.left + PADDING, inner.right + PADDING)
    assert outer.height == inner.height + PADDING + LABEL + FOOT
