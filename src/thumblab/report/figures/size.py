"""How large a figure is, and how large its letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thumblab.core.errors import UsageError

SMALLEST, LARGEST = 1.0, 40.0
"""Inches of a side."""


@dataclass(frozen=True)
class Size:
    """A size in print.

    Attributes:
        width: In inches, from 1 to 40.
        height: In inches, from 1 to 40.
        font: Height of letters in points.

    Raises:
        UsageError: If a side is out of range.
    """

    width: float
    height: float
    font: float = 9.0

    def __post_init__(self) -> None:
        if not all(SMALLEST <= side <= LARGEST for side in (self.width, self.height)):
            raise UsageError(
                f"a figure of {self.width:g} x {self.height:g} inches cannot be drawn; give sides from "
                f"{SMALLEST:g} to {LARGEST:g}"
            )


SLIDE = Size(10.0, 5.625, 16.0)
"""As wide as a slide of 16 : 9, to be read from the last row."""

PAPER = Size(6.3, 3.5, 8.0)
"""As wide as the text of a page of A4."""


def find_size(text: str) -> Size:
    """The size that ``text`` names: ``slide``, ``paper``, or width and height in inches.

    Raises:
        UsageError: If it names none.

    >>> find_size("paper"), find_size("5x3.5")
    (Size(width=6.3, height=3.5, font=8.0), Size(width=5.0, height=3.5, font=9.0))
    """
    named = {"slide": SLIDE, "paper": PAPER}.get(text)
    if named is not None:
        return named
    sides = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", text)
    if sides is None:
        raise UsageError(
            f"{text!r} is no size of a figure; give slide, paper, or inches as in 6.3x3.5"
        )
    return Size(float(sides[1]), float(sides[2]))
