"""Ink on any ground as an array: how much of each pixel is written on.

The border says which of light and dark is the ground. The ground's own level, which light and
shadow change from place to place, is what a morphological closing leaves of the picture: it fills
what is narrower than its window, as strokes are, and keeps edges of shadows and slow changes.

Source: Serra 1982, "Image Analysis and Mathematical Morphology" (closing and top-hat).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EVEN = 8
"""Levels by which the border of an evenly colored ground may vary; strokes may cross half of it."""

FAINTEST = 0.05
"""Ink that takes away less of the ground's light than this share cannot be told from none."""

DECIDED = 3.0
"""How much more one side has to depart from the ground than the other, squared, to be the ink."""

NOISES = 6.0
"""So many standard deviations of the ground ink has to stand out."""

LUMINANCE = (0.299, 0.587, 0.114)
CLEARLY = 1.5
"""So many times the contrast of the luminance a color has to have."""

ONE_COLOR = 64
"""Levels by which what is opaque may vary if it is ink alone."""

_DARKEST = 40.0
_BLOCKS = 48
_SAMPLED = 512


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written in a picture.

    Attributes:
        share: float32 ``(h, w)``; 0 is the ground, 1 the strongest ink.
        even: Whether the ground has one level, as drawn pictures have, so that ``share`` is exact.
        depth: The share of the ground's light that the strongest ink takes away, 0 to 1.
        scale: Pixels of the picture that one of ``share`` spans.
    """

    share: Array
    even: bool
    depth: float = 1.0
    scale: float = 1.0


def gray(pixels: NDArray[np.uint8]) -> tuple[Array, Ink | None]:
    """Levels ``(h, w)`` in 0 to 255 of pixels ``(h, w, 1, 3 or 4)``, and their ink if that is known.

    Of the luminance and the three colors that one is taken in which the picture has clearly the
    most contrast. Where something is transparent and what is opaque has one color, the opacity is
    the ink; else only the rectangle of what is opaque is taken, the rest of it at its middle level.
    """
    if pixels.shape[2] == 1:
        return pixels[..., 0].astype(np.float32), None
    opaque = None
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        opaque = pixels[..., 3] > 127
        if not opaque.any():
            return np.zeros(pixels.shape[:2], np.float32), None
        rows, columns = (np.flatnonzero(opaque.any(axis)) for axis in (1, 0))
        inside = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    step = 1 + max(pixels.shape[:2]) // _SAMPLED
    seen = pixels[::step, ::step][... if opaque is None else opaque[::step, ::step]].reshape(
        -1, pixels.shape[2]
    )
    planes = [_plane(seen, which) for which in range(4)]
    spans = [
        float(np.ptp(np.percentile(plane, (0.1, 99.9)))) if len(plane) else 0.0 for plane in planes
    ]
    best = int(np.argmax(spans))
    level = _plane(pixels, best if spans[best] > CLEARLY * spans[0] else 0)
    if opaque is None:
        return level, None
    share = pixels[..., 3].astype(np.float32) / 255
    if max(spans) < ONE_COLOR:
        share = 1 - share if _ring(share).mean() > 0.5 else share
        return level, Ink(share / share.max(), True)
    return (level * share + np.median(level[opaque]) * (1 - share))[inside], None


def _plane(pixels: Array, which: int) -> Array:
    """The luminance of pixels ``(..., 3 or more)``, or with 1, 2, 3 one of their colors."""
    if which:
        return pixels[..., which - 1].astype(np.float32)
    weighted = (np.float32(weight) * pixels[..., i] for i, weight in enumerate(LUMINANCE))
    luminance: Array = next(weighted) + next(weighted) + next(weighted)
    return luminance


def width(share: Array) -> float:
    """The mean width of the strokes in ``share``, in pixels: twice the area for each pixel of edge."""
    down, across = np.gradient(share)
    return 2 * float(share.sum()) / max(float(np.hypot(down, across).sum()), 1e-6)


def find_ink(level: Array, window: int | None) -> Ink | None:
    """The ink in levels ``(h, w)``; None if nothing stands out.

    Args:
        level: The picture.
        window: A side that is larger than strokes are wide; None for pictures on an even ground, and
            then there is none in others.
    """
    ring = _ring(level)
    even = window is None
    cut = even and np.ptp(ring) > EVEN
    if cut and (np.abs(ring - np.median(ring)) <= EVEN / 4).mean() < 0.5:
        return None
    soft = level if even else blurred(level, 1)
    middle = float(np.median(ring))
    if even and middle - soft.min() < soft.max() - middle:
        soft, middle = 255 - soft, 255 - middle
    ground = np.float32(middle) if window is None else _ground(soft, window)
    share = ground - soft
    share /= np.maximum(ground, np.float32(_DARKEST))  # in place: pictures may be large
    np.maximum(share, 0, out=share)
    if even:
        strongest = float(share.max())
    else:
        usual = float(np.median(share))
        noise = 1.4826 * float(np.median(np.abs(share - usual)))
        share = np.maximum(share - usual, 0)
        strongest = strong(share)
        if strongest < NOISES * noise:
            return None
    if strongest < FAINTEST or (cut and _is_graded(share / strongest)):
        return None
    share /= np.float32(strongest)
    return Ink(np.minimum(share, 1, out=share), even, strongest)


def _is_graded(share: Array) -> bool:
    """Whether more is between ground and ink than is at edges of strokes."""
    return bool(((share > 0.1) & (share <= 0.5)).sum() > 0.8 * (share > 0.5).sum())


def grounds(level: Array) -> tuple[bool, ...]:
    """Whether an uneven ground is darker than the ink; both where that is not clear.

    The ground is taken to be the median around each pixel. The edge of a shadow departs from that
    to both sides alike, ink to one.
    """
    step = -(-max(level.shape) // _BLOCKS)
    pad = [(0, -side % step) for side in level.shape]
    blocks = np.pad(level, pad, "edge")
    blocks = blocks.reshape(blocks.shape[0] // step, step, -1, step).mean((1, 3))
    reach = _BLOCKS // 6
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(blocks, reach, "reflect" if min(blocks.shape) > reach else "edge"),
        (2 * reach + 1, 2 * reach + 1),
    )
    middle = np.median(around, axis=(2, 3))
    ground_there = np.repeat(np.repeat(middle, step, 0), step, 1)[
        : level.shape[0], : level.shape[1]
    ]
    apart = (level - ground_there) / np.maximum(np.maximum(level, ground_there), _DARKEST)
    darker, lighter = (float((part**2).sum()) for part in (apart.clip(max=0), apart.clip(0)))
    if darker > DECIDED * lighter:
        return (False,)
    return (True,) if lighter > DECIDED * darker else (False, True)


def strong(share: Array) -> float:
    """The level of the strongest ink: the mean of the 48 pixels that have most of it, or of 2 %."""
    count = max(1, min(48, share.size // 50))
    return float(np.partition(share, share.size - count, None)[-count:].mean())


def blurred(values: Array, radius: int) -> Array:
    """The means of squares of ``2 radius + 1`` pixels, twice; what lies outside is as the edge."""
    for axis in (0, 1, 0, 1):
        pad = [(radius + 1, radius) if each == axis else (0, 0) for each in (0, 1)]
        sums = np.cumsum(np.pad(values, pad, "edge"), axis, dtype=np.float64)
        count = values.shape[axis]
        upper = np.take(sums, range(2 * radius + 1, 2 * radius + 1 + count), axis)
        values = (upper - np.take(sums, range(count), axis)) / (2 * radius + 1)
    return values.astype(np.float32)


def _ground(level: Array, window: int) -> Array:
    """A light ground without the dark strokes on it."""
    wide = np.pad(level, window, "edge")
    filled = -largest(-largest(wide, window), window)[window:-window, window:-window]
    return blurred(filled, max(1, window // 8))


def largest(values: Array, window: int) -> Array:
    """The largest value in a square of ``window`` pixels around each; windows double, as in van Herk's."""
    for axis in (0, 1):
        count = values.shape[axis]
        pad = [
            (window // 2, window - 1 - window // 2) if each == axis else (0, 0) for each in (0, 1)
        ]
        values = np.moveaxis(np.pad(values, pad, "edge"), axis, 0)
        width = 1
        while 2 * width <= window:
            values = np.maximum(values[:-width], values[width:])
            width *= 2
        values = np.maximum(values[:count], values[window - width : window - width + count])
        values = np.moveaxis(values, 0, axis)
    return values


def _ring(level: Array) -> Array:
    """The outermost pixels."""
    return np.concatenate([level[0], level[-1], level[:, 0], level[:, -1]])
