"""Arrays of images in other types, ranges and orders of axes, as uint8 ``(n, h, w, c)``.

What can mean one thing only is converted, and said; what could mean two is refused.

=====================  ==========================================================================
values                 are taken as
=====================  ==========================================================================
uint8                  0 to 255; a set that holds nothing above 1 as 0 and 1
bool                   black and white
other whole numbers    0 to 255 if their greatest is from 128 to 255, 0 and 1 if it is 1
floats                 0 to 1 if their greatest is at most 1, 0 to 255 if it is from 128 to 255
anything else          refused without a ``span``
``(n, h, w)``          gray
``(n, 3, h, w)``       channels first if the last axis has not 1 or 3 entries as well
=====================  ==========================================================================
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, UsageError, unknown
from thumblab.data.dataset import CHANNELS

Array = NDArray[Any]
Span = tuple[float, float]
"""The values of black and of white."""

AXES = ("NHW", "NHWC", "NCHW")
BRIGHT = 128
"""A set of images whose brightest value is below this half of 255 is not taken as 0 to 255."""

AT_ONCE = 1024
"""Images that are converted together, so that float64 copies stay small."""

ROUNDING = 1e-6
"""So far above 1 a float may lie that was computed as 1."""


def to_pixels(
    parts: Sequence[Array], axes: str | None = None, span: Span | None = None
) -> list[Array]:
    """The images of all parts of one data set, converted alike; features are made float32.

    Args:
        parts: Arrays of one type, and of one shape but for their first axis. Floats ``(n, f)`` are
            features.
        axes: ``"NHW"``, ``"NHWC"`` or ``"NCHW"``; None reads it off the shape.
        span: Values of black and white; None reads it off the values.

    Raises:
        DataError: If a type, a shape or the range of values is none that has one meaning.
        UsageError: If ``axes`` or ``span`` is none.
    """
    kinds = {part.dtype for part in parts}
    if len(kinds) > 1:
        raise DataError(
            f"the parts have the types {', '.join(sorted(map(str, kinds)))}; give all of them one type"
        )
    kind = parts[0].dtype
    if kind.kind not in "buif":
        raise DataError(
            f"images of type {kind} (shape {parts[0].shape}) are no numbers; give one array of whole "
            "numbers or floats, all images of one size"
        )
    if parts[0].ndim == 2 and axes is None and kind.kind == "f":
        return [part.astype(np.float32) for part in parts]
    order = _order(parts[0].shape, axes)
    black, white, message = _span(parts, span)
    if order == "NCHW":
        warnings.warn(
            f"images of shape {parts[0].shape} are read as (n, channels, height, width)",
            stacklevel=2,
        )
    if message:
        warnings.warn(message, stacklevel=2)
    return [_scaled(_channels_last(part, order), black, white) for part in parts]


def _order(shape: tuple[int, ...], axes: str | None) -> str:
    if axes is not None and axes not in AXES:
        raise unknown("axes", axes, AXES)
    possible = {
        3: ["NHW"],
        4: [
            order
            for order, at in (("NCHW", 1), ("NHWC", 3))
            if len(shape) == 4 and shape[at] in CHANNELS
        ],
    }.get(len(shape), [])
    if axes is not None:
        if axes not in possible:
            raise DataError(f"images of shape {shape} are not {axes} with 1 or 3 channels")
        return axes
    if len(possible) == 1:
        return possible[0]
    if possible:
        raise DataError(
            f"images of shape {shape} may have their channels first or last; say axes='NCHW' or 'NHWC'"
        )
    raise DataError(
        f"images have shape {shape}; give (n, h, w), (n, h, w, c) or (n, c, h, w) with 1 or 3 channels"
        + (", reshaped from rows of pixels" if len(shape) == 2 else "")
    )


def _span(parts: Sequence[Array], span: Span | None) -> tuple[float, float, str]:
    """Values of black and white, and what is to be said of them."""
    kind = parts[0].dtype
    if kind == np.bool_:
        return 0, 1, "images of bool are read as black and white"
    if kind.kind == "f" and not all(np.isfinite(part).all() for part in parts):
        raise DataError("images hold NaN or infinity; remove or replace those")
    filled = [part for part in parts if part.size] or [np.zeros(1)]
    least, most = (float(f([f(part) for part in filled])) for f in (np.min, np.max))
    if span is not None:
        return _given_span(span, least, most)
    if least >= 0 and most == 1 and kind.kind != "f":
        return 0, 1, f"images of {kind} hold nothing but 0 and 1, which are read as black and white"
    if kind == np.uint8:
        return 0, 255, _dark(most)
    if kind.kind == "f" and least >= 0 and 0 < most <= 1 + ROUNDING:
        return 0, 1, f"images of {kind} are read as 0 (black) to 1 (white)"
    if least >= 0 and BRIGHT <= most <= 255:
        return 0, 255, f"images of {kind} are read as 0 (black) to 255 (white)"
    raise DataError(
        f"images of {kind} run from {least:g} to {most:g}, which is neither 0 to 1 nor 0 to 255; say "
        "which values are black and white, such as span=(0, 4095)"
    )


def _given_span(span: Span, least: float, most: float) -> tuple[float, float, str]:
    black, white = map(float, span)
    if not (np.isfinite([black, white]).all() and black != white):
        raise UsageError(f"span is {span}; give the values of black and white, such as (0, 4095)")
    low, high = min(black, white), max(black, white)
    slack = ROUNDING * (high - low)
    if least < low - slack or most > high + slack:
        raise DataError(
            f"images run from {least:g} to {most:g}, beyond span=({black:g}, {white:g}); give the "
            "values of black and white that hold for all"
        )
    return black, white, ""


def _dark(most: float) -> str:
    if most >= BRIGHT // 2:
        return ""
    return (
        f"the brightest pixel of all images is {most:g} of 255; if {most:g} stands for white, say "
        f"span=(0, {most:g})"
    )


def _channels_last(images: Array, order: str) -> Array:
    if order == "NHW":
        return images[..., None]
    return images.transpose(0, 2, 3, 1) if order == "NCHW" else images


def _scaled(images: Array, black: float, white: float) -> Array:
    if (black, white) == (0, 255) and images.dtype.kind in "bui":
        return images.astype(np.uint8, order="C")
    pixels = np.empty(images.shape, np.uint8)
    for start in range(0, len(images), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        shares = (images[some].astype(np.float64) - black) / (white - black)
        pixels[some] = np.rint(255 * shares).clip(0, 255)
    return pixels
