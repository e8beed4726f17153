"""Matrix products cut to the size at which OpenBLAS packs nothing.

Up to 1e6 multiplications OpenBLAS multiplies matrices where they stand; beyond, it packs both first, which
costs more than it saves for matrices as thin as a convolution's (Zen 4: 75 to 90 GFLOP/s a thread instead
of 105 to 110). Cutting rows and columns changes no sum, only who computes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LARGEST = 1_000_000
"""Multiplications that OpenBLAS does without packing."""
LEAST = 16
"""Rows or columns of a part; thinner ones cost more than packing."""


def multiply(a: Array, b: Array, out: Array) -> Array:
    """Writes ``a @ b`` to ``out``, all ``(..., rows, columns)``; returns ``out``."""
    (m, k), n = a.shape[-2:], b.shape[-1]
    if m * k * n <= LARGEST:
        return np.matmul(a, b, out=out)
    rows, columns = _part(m, LARGEST // (k * n)), n
    if not rows:
        rows, columns = m, _part(n, LARGEST // (m * k))
    if not columns:
        return np.matmul(a, b, out=out)
    left = a.reshape(*a.shape[:-2], m // rows, 1, rows, k)
    right = b.reshape(*b.shape[:-1], n // columns, columns)
    right = np.moveaxis(right, -2, -3)[..., None, :, :, :]
    target = out.reshape(*out.shape[:-2], m // rows, rows, n // columns, columns)
    np.matmul(left, right, out=target.swapaxes(-2, -3))
    return out


def _part(size: int, most: int) -> int:
    """The largest divisor of ``size`` from ``LEAST`` to ``most``; 0 if there is none."""
    for part in range(min(size, most), LEAST - 1, -1):
        if size % part == 0:
            return part
    return 0
