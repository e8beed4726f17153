"""Where windows lie: padding rules, and window positions as strided views of the blocked layout."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import ShapeError

Array = NDArray[Any]
Padding = int | Literal["same", "valid"]
Pads = tuple[tuple[int, int], tuple[int, int]]
"""Pixels added ``((above, below), (left, right))``."""


def pads(side: int, kernel: int, stride: int, padding: Padding) -> tuple[int, int]:
    """Pixels added before and after one axis.

    ``"same"`` writes ``ceil(side / stride)`` pixels and, like TensorFlow and Keras, puts the odd pixel
    after: 3x3 windows with stride 2 on an even side pad (0, 1) where PyTorch's ``padding=1`` pads (1, 1).
    """
    if isinstance(padding, int):
        return padding, padding
    if padding == "valid":
        return 0, 0
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def window_shape(
    layer: object, x: tuple[int, ...], kernel: int, stride: int, padding: Padding
) -> tuple[tuple[int, int], Pads]:
    """Windows along both axes, and the pads, for images ``(c, h, w)``.

    Raises:
        ShapeError: If ``x`` is no image, or no window fits.
    """
    if len(x) != 3:
        name = type(layer).__name__
        raise ShapeError(f"{name} reads (channels, height, width) but was given {x}")
    both = (pads(x[1], kernel, stride, padding), pads(x[2], kernel, stride, padding))
    counts = tuple(
        (side + sum(pad) - kernel) // stride + 1 for side, pad in zip(x[1:], both, strict=True)
    )
    if min(counts) < 1:
        raise ShapeError(
            f"{layer} does not fit in {x[1]}x{x[2]} pixels; use a smaller kernel or fewer poolings"
        )
    return (counts[0], counts[1]), both


def check_window(layer: object, kernel: int, stride: int, padding: Padding) -> None:
    """Raises ``ShapeError`` for window arguments that mean nothing."""
    if kernel < 1 or stride < 1:
        raise ShapeError(f"{layer}: kernel and stride must be at least 1")
    if not (padding in ("same", "valid") or (isinstance(padding, int) and padding >= 0)):
        raise ShapeError(f"{layer}: padding must be 'same', 'valid' or a number of pixels")


def check_pool(layer: object, kernel: int, padding: Padding) -> None:
    """Raises ``ShapeError`` if a window could hold padding alone, which has no maximum and no mean."""
    if isinstance(padding, int) and padding >= kernel:
        raise ShapeError(
            f"{layer}: padding must be less than the kernel, so that no window is empty"
        )


def with_border(x: Array, pad: Pads) -> Array:
    """A view or copy of blocked ``x`` whose pixel ``[:, 0, 0]`` is the first padded one.

    The layout's own border serves up to one pixel of padding on each side; more takes a copy.
    """
    (above, below), (left, right) = pad
    if max(above, below, left, right) <= 1:
        return x[:, 1 - above : x.shape[1] - 1 + below, 1 - left : x.shape[2] - 1 + right]
    sides = ((0, 0), (above, below), (left, right), (0, 0), (0, 0))
    return np.pad(x[:, 1:-1, 1:-1], sides)


def tap(x: Array, i: int, j: int, counts: tuple[int, int], stride: int) -> Array:
    """The pixels that kernel position ``(i, j)`` meets in all windows: ``(g, oh, ow, 16, c)``, a view."""
    oh, ow = counts
    return x[:, i : i + stride * (oh - 1) + 1 : stride, j : j + stride * (ow - 1) + 1 : stride]
