"""The matrices of Winograd's minimal filters F(m, 3), and what they make of 3x3 kernels.

``y = A' [(G g) * (B' d)]`` filters ``m + 2`` pixels ``d`` with 3 weights ``g`` to ``m`` pixels ``y``, by
``m + 2`` products. Each row of ``B'`` belongs to a point at which polynomials are evaluated: 0, 1, -1, 2, -2
and infinity, the first ones and infinity for smaller ``m``. Rows are scaled such that the first pixel enters
the first point alone, and the last pixel the last, both with the factor 1.

Source: Lavin & Gray 2015, arXiv:1509.09308.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

INPUT = {  # B'
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, -1, 0, 1]],
    3: [
        [1, -1 / 2, -1, 1 / 2, 0],
        [0, -2, -1, 1, 0],
        [0, 2, -3, 1, 0],
        [0, -1, 0, 1, 0],
        [0, 2, -1, -2, 1],
    ],
    4: [
        [1, 0, -5 / 4, 0, 1 / 4, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
}
KERNEL = {  # G
    2: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    3: [
        [1, 0, 0],
        [-1 / 2, -1 / 2, -1 / 2],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 6, 1 / 3, 2 / 3],
        [0, 0, 1],
    ],
    4: [
        [1, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
}
OUTPUT = {  # A'
    2: [[1, 1, 1, 0], [0, 1, -1, 1]],
    3: [[1, 1, 1, 1, 0], [0, 1, -1, 2, 0], [0, 1, 1, 4, 1]],
    4: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
}


@cache
def matrix(kind: str, m: int, dtype: np.dtype[Any]) -> Array:
    """The matrix of a transform; that of kernels acts on both axes at once."""
    if kind == "input":
        return np.array(INPUT[m], dtype)
    if kind == "input back":  # of the pixels that a tile shares with no neighbor
        return np.ascontiguousarray(np.array(INPUT[m], dtype)[:, 1:-1].T)
    if kind == "output":
        return np.array(OUTPUT[m], dtype)
    if kind == "gradient":
        return np.ascontiguousarray(np.array(OUTPUT[m], dtype).T)
    return np.kron(np.array(KERNEL[m]), np.array(KERNEL[m])).astype(dtype)


def transform_kernel(weight: Array, m: int) -> Array:
    """``G g G'`` of kernels ``(o, c, 3, 3)``: a ``(c, o)`` matrix a point, ``(side * side, c, o)``."""
    o, c, _, _ = weight.shape
    taps = np.ascontiguousarray(weight.reshape(o, c * 9).T).reshape(c, 9, o)
    points = np.empty(((m + 2) ** 2, c, o), weight.dtype)
    np.matmul(matrix("kernel", m, weight.dtype), taps, out=points.swapaxes(0, 1))
    return points


def transform_kernel_back(points: Array, m: int) -> Array:
    """The adjoint of ``transform_kernel``: ``(side * side, c, o)`` to ``(o, c, 3, 3)``."""
    _, c, o = points.shape
    taps: Array = np.matmul(matrix("kernel", m, points.dtype).T, points.swapaxes(0, 1))  # (c, 9, o)
    weight: Array = taps.reshape(c * 9, o).T.reshape(o, c, 3, 3)
    return weight
