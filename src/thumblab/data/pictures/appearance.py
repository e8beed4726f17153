"""How training images look, in five measures, so that pictures that look otherwise can be told."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from thumblab.core.value import Value

Range = tuple[float, float]

SAMPLE = 5000
"""So many training images are measured, evenly taken from all."""

TAIL = 0.5
"""Percent of them that are left out at each end of a range."""

SLACK = 0.12
"""How far beyond a range of the training images a picture may lie, as a share of the whole scale."""

OFF_CENTER = 0.04
"""Likewise of the center, as a share of the side."""

FEWER = 0.6
"""What share of the least, and one over it of the most, written or drawn on may be."""


@dataclass(frozen=True)
class Appearance(Value):
    """Ranges that nearly all training images lie in.

    Attributes:
        border: Mean level of the outermost pixels, 0 (black) to 1 (white).
        contrast: Brightest less darkest level.
        covered: Mean difference from the border's median level.
        down: Where the center of these differences lies, 0 (top) to 1 (bottom).
        across: Likewise, 0 (left) to 1 (right).
    """

    border: Range
    contrast: Range
    covered: Range
    down: Range
    across: Range


def measure(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The five measures of images ``(n, h, w, c)``, ``(n, 5)``, as the fields of ``Appearance``."""
    gray = images.mean(3) / 255
    ring = np.concatenate([gray[:, 0], gray[:, -1], gray[:, :, 0], gray[:, :, -1]], 1)
    apart = np.abs(gray - np.median(ring, 1)[:, None, None])
    total = np.maximum(apart.sum((1, 2)), 1e-12)
    height, width = gray.shape[1:]
    down = apart.sum(2) @ ((np.arange(height) + 0.5) / height) / total
    across = apart.sum(1) @ ((np.arange(width) + 0.5) / width) / total
    contrast = gray.max((1, 2)) - gray.min((1, 2))
    return np.stack([ring.mean(1), contrast, apart.mean((1, 2)), down, across], 1)


def appearance_of(images: NDArray[np.uint8]) -> Appearance:
    """How training images ``(n, h, w, c)`` look."""
    chosen = images[:: max(1, len(images) // SAMPLE)]
    low, high = np.percentile(measure(chosen), (TAIL, 100 - TAIL), 0)
    return Appearance(
        *((round(float(a), 4), round(float(b), 4)) for a, b in zip(low, high, strict=True))
    )


def departures(usual: Appearance, images: NDArray[np.uint8]) -> list[list[str]]:
    """How each of the images ``(n, h, w, c)`` differs from the training images, in words."""
    return [_departures(usual, dict(zip(_NAMES, row, strict=True))) for row in measure(images)]


_NAMES = tuple(f.name for f in fields(Appearance))


def _departures(usual: Appearance, found: dict[str, float]) -> list[str]:
    values = []
    if not _within(found["border"], usual.border, SLACK):
        values.append(f"has a border of level {_scaled([found['border']], 255, usual.border)}")
    if found["contrast"] < usual.contrast[0] - SLACK:
        values.append(f"spans levels of {_scaled([found['contrast']], 255, usual.contrast)}")
    least, most = usual.covered
    if not FEWER * least <= found["covered"] <= most / FEWER + SLACK:
        values.append(
            f"is drawn on in percent to {_scaled([found['covered']], 100, usual.covered)}"
        )
    elif not (
        _within(found["down"], usual.down, OFF_CENTER)
        and _within(found["across"], usual.across, OFF_CENTER)
    ):
        places = [found["down"], found["across"]]
        values.append(
            "is centered in percent of height and width at "
            f"{_scaled(places, 100, usual.down, usual.across)}"
        )
    return values


def _within(value: float, usual: Range, slack: float) -> bool:
    return usual[0] - slack <= value <= usual[1] + slack


def _scaled(values: list[float], scale: int, *usual: Range) -> str:
    """Values and the ranges of the training images, such as ``255 (training images: 0 to 3)``."""
    ends = [tuple(f"{scale * end:.0f}" for end in each) for each in usual]
    ranges = (low if low == high else f"{low} to {high}" for low, high in ends)
    found = " and ".join(f"{scale * value:.0f}" for value in values)
    return f"{found} (training images: {' and '.join(ranges)})"
