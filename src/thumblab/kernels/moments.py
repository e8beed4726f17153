"""Sums over pixels, per channel, as products with a vector of ones.

A matrix-vector product reads memory at full speed where ``sum`` and ``einsum`` do not; partial sums
of one image row are taken in the array's dtype, sums over rows in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.kernels.layout import lines, rows

Array = NDArray[Any]
STRIP = 64 * 1024
"""Values of a product kept at a time, so that they are summed while in cache."""


def channel_sums(x: Array) -> NDArray[np.float64]:
    """Sum of grouped ``x`` over samples and pixels, ``(c,)``."""
    matrices = rows(x)
    ones = np.ones(matrices.shape[2], x.dtype)
    sums: NDArray[np.float64] = np.matmul(ones, matrices).sum((0, 1), dtype=np.float64)
    return sums


def channel_products(x: Array, y: Array) -> NDArray[np.float64]:
    """Sum of ``x * y`` over samples and pixels, ``(c,)``."""
    a, b = lines(x), lines(y)
    g, h, width = a.shape
    c = x.shape[-1]
    total = np.zeros(c)
    ones = np.ones(width // c, x.dtype)
    strip = max(1, min(h, STRIP // width))
    for group in range(g):
        for top in range(0, h, strip):
            part = a[group, top : top + strip] * b[group, top : top + strip]
            total += np.matmul(ones, part.reshape(len(part), -1, c)).sum(0, dtype=np.float64)
    return total
