"""Pictures that are one level all over once they are converted: nothing can be told from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIDE = 5
"""Every such pixel of every such row is looked at first."""

TOLERANCE = 2
"""Levels between the darkest and the brightest pixel of a channel that still count as one."""


def is_flat(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each of the images ``(n, h, w, c)`` is one color all over, ``(n,)``.

    >>> is_flat(np.zeros((1, 2, 2, 3), np.uint8))
    array([ True])
    """
    flat = _few_levels(images[:, ::STRIDE, ::STRIDE])  # most are seen by some of their pixels
    flat[flat] = _few_levels(images[flat])
    return flat


def _few_levels(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    high, low = images.max((1, 2)).astype(int), images.min((1, 2)).astype(int)
    flat: NDArray[np.bool_] = (high - low <= TOLERANCE).all(1)
    return flat


def flat_pictures(images: NDArray[np.uint8], names: Iterable[Any]) -> list[str]:
    """The names of those images ``(n, h, w, c)`` that are flat, in their order."""
    return [str(name) for name, flat in zip(names, is_flat(images), strict=True) if flat]
