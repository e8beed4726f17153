"""The standard normal distribution's share below ``x``, ``P(X <= x)``.

In float64 it is ``(1 + erf(x / sqrt(2))) / 2``. In float32 a hyperbolic tangent of an odd polynomial has
the same accuracy at a tenth of the time, because NumPy's ``tanh`` is vectorized: the share is a sigmoid of
its own log-odds, and those are a smooth odd function. The polynomial is the best one for the share's
largest error (iteratively reweighted least squares against SciPy's ``log_ndtr``, 3e-8 at most); its first
two terms are nearly those of the well-known approximation of GELU by ``tanh``.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.kernels.erf import erf

Array = NDArray[Any]

HALF_LOG_ODDS = (
    1.756172486e-09,
    -1.322633934e-07,
    3.964744982e-06,
    -5.530619617e-05,
    -3.259497129e-05,
    0.03633308457,
    0.7978849415,
)
"""``atanh(2 P(X <= x) - 1) = x (a + b x^2 + c x^4 + ...)``, highest power first."""
WIDE = 40.0
"""Where the share is 0 or 1 in float64 too, and squares do not overflow yet."""


def share_below(x: Array, out: Array | None = None) -> Array:
    """``P(X <= x)`` of a standard normal ``X``, in the dtype of ``x``; in ``out`` if it is given.

    >>> share_below(np.array([-1.0, 0.0, 1.0])).round(6).tolist()
    [0.158655, 0.5, 0.841345]
    """
    if x.dtype != np.float32:
        twice: Array = 1 + erf(np.clip(x, -WIDE, WIDE) * sqrt(0.5))
        return np.multiply(0.5, twice, out=out)
    with np.errstate(over="ignore"):  # the polynomial goes on rising, and tanh of infinity is 1
        square = np.multiply(x, x)
        share: Array = np.multiply(square, np.float32(HALF_LOG_ODDS[0]), out=out)
        for coefficient in HALF_LOG_ODDS[1:-1]:
            share += np.float32(coefficient)
            share *= square
        share += np.float32(HALF_LOG_ODDS[-1])
        share *= x
    np.tanh(share, out=share)
    share *= np.float32(0.5)
    share += np.float32(0.5)
    return share
