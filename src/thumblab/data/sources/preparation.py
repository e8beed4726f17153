"""What is done to a picture of one's own before a network sees it, so that it looks as training did.

A preparation is data: a run stores it, and whatever asks the network (``predict``, an exported
model, a web page) applies the same. It works on arrays with NumPy and Pillow alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError, unknown
from thumblab.core.value import Value, to_dict, type_name
from thumblab.data.pictures.appearance import appearance_of
from thumblab.data.pictures.glyph import FINE, Array, Box, find_glyph, resized
from thumblab.data.pictures.ink import find_ink, gray, largest, width
from thumblab.data.sources.dataset_spec import DatasetSpec

CENTERS = ("box", "mass")


@dataclass(frozen=True)
class Preparation(Value):
    """Base of preparations. To add one, derive from it and register ``prepare``."""


@dataclass(frozen=True)
class Glyph(Preparation):
    """One written character on any ground, made white on black, scaled and centered.

    Attributes:
        ink: The longer side of the ink as a share of the image's shorter side.
        center: What comes to lie in the middle: the ``box`` of the ink, or its center of ``mass``.
        strokes: The least and the largest mean width of strokes, as shares of the ink's longer
            side; thinner ones are thickened, and thicker ones thinned.

    Source: LeCun et al. 1998 (MNIST: 20 of 28 pixels, centered by mass); Cohen et al. 2017 (EMNIST: 24
        of 28, centered by its box).
    """

    ink: float = 20 / 28
    center: str = "mass"
    strokes: tuple[float, float] = (0.1, 0.2)

    def __post_init__(self) -> None:
        if not 0 < self.ink <= 1:
            raise UsageError(f"ink is {self.ink}; give a share of the side above 0, at most 1")
        if self.center not in CENTERS:
            raise unknown("center", self.center, CENTERS)
        if not 0 <= self.strokes[0] <= self.strokes[1]:
            raise UsageError(f"strokes are {self.strokes}; give the least share and the largest")


@singledispatch
def prepare(
    preparation: Preparation, pixels: NDArray[np.uint8], shape: tuple[int, int, int]
) -> NDArray[np.uint8] | None:
    """Pixels ``(h, w, 1, 3 or 4)`` as an image ``(h, w, c)`` of ``shape`` (c, h, w).

    A fourth channel is opacity. None if the preparation finds nothing to show.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(preparation))}; register one with @prepare.register"
    )


@singledispatch
def preparation_of(source: DatasetSpec) -> Preparation | None:
    """How pictures are made to look like those of a data set, or None for as they are."""
    return None


@prepare.register
def _glyph(
    preparation: Glyph, pixels: NDArray[np.uint8], shape: tuple[int, int, int]
) -> NDArray[np.uint8] | None:
    share = _as_prepared(preparation, pixels, shape)
    if share is None:
        found = find_glyph(pixels)
        if found is None:
            return None
        share = _placed(preparation, found.share, shape, found.even)
    return np.repeat(np.rint(share * 255).astype(np.uint8)[..., None], shape[0], 2)


NEARLY = 0.08
"""How far from its place, as a share of the side, and half of what from its size, ink may be."""

VISIBLE = 0.16
"""The share of the strongest ink from which on a pixel counts as ink."""


def _box(share: Array) -> Box:
    rows, columns = (np.flatnonzero((share > VISIBLE).any(axis)) for axis in (1, 0))
    return Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _middle(preparation: Glyph, share: Array, box: Box) -> tuple[float, ...]:
    if preparation.center == "box":
        return (box.top + box.bottom) / 2, (box.left + box.right) / 2
    down, across = (share.sum(axis) / share.sum() for axis in (1, 0))
    return tuple(float(each @ (np.arange(len(each)) + 0.5)) for each in (down, across))


def _as_prepared(
    preparation: Glyph, pixels: NDArray[np.uint8], shape: tuple[int, int, int]
) -> Array | None:
    """The ink of pixels that have the size, place and even ground of a prepared image already."""
    if pixels.shape[:2] != shape[1:]:
        return None
    level, ink = gray(pixels)
    ink = ink or find_ink(level, None)
    if ink is None or ink.share.shape != shape[1:]:
        return None
    share = ink.share
    box = _box(share)
    middle = _middle(preparation, share, box)
    off = max(abs(at - side / 2) for at, side in zip(middle, share.shape, strict=True))
    longer = box.longer / min(share.shape)
    right = off <= NEARLY * min(share.shape) and abs(longer - preparation.ink) <= 2 * NEARLY
    return share if right else None


def _placed(preparation: Glyph, share: Array, shape: tuple[int, int, int], even: bool) -> Array:
    share = _stroked(preparation, share)
    box = _box(share)
    _, height, wide = shape
    scale = box.longer / (preparation.ink * min(height, wide))
    if even and abs(scale - 1) < 0.09:
        scale = 1.0
    down, across = _middle(preparation, share, box)
    top, left = down - height / 2 * scale, across - wide / 2 * scale
    if scale == 1:
        top, left = round(top), round(left)
    bottom, right = top + height * scale, left + wide * scale
    above, before = (max(0, -int(np.floor(at))) + 1 for at in (top, left))
    below = max(0, int(np.ceil(bottom)) - share.shape[0]) + 1
    behind = max(0, int(np.ceil(right)) - share.shape[1]) + 1
    padded = np.pad(share, ((above, below), (before, behind)))
    where = Box(top + above, bottom + above, left + before, right + before)
    image = resized(padded, (height, wide), where)
    placed: Array = (image / image.max()).clip(0, 1)
    return placed


def _stroked(preparation: Glyph, share: Array) -> Array:
    """The ink with strokes of a usual width."""
    longer = _box(share).longer
    thin, thick = preparation.strokes
    mean = width(share) / longer
    if thin <= mean <= thick:
        return share
    if longer < FINE:
        scale = FINE / longer
        share = resized(share, (round(share.shape[0] * scale), round(share.shape[1] * scale)))
        longer = FINE
    wanted = round(abs(mean - (thin if mean < thin else thick)) * longer) + 1
    share = np.pad(share, wanted)
    return largest(share, wanted) if mean < thin else -largest(-share, wanted)


def intake_metadata(source: DatasetSpec, images: NDArray[Any]) -> dict[str, Any]:
    """What a run stores of its data set, so that others' pictures can be shown as its own were."""
    pictures = images.dtype == np.uint8 and len(images)
    return {
        "preparation": to_dict(preparation_of(source)),
        "appearance": to_dict(appearance_of(images)) if pictures else None,
    }
