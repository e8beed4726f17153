"""The error function, which NumPy lacks, to the last digit of float64.

Rational approximations of Cody 1969, "Rational Chebyshev approximations for the error function"
(Mathematics of Computation 23): one of ``erf(x) / x`` near 0, one of ``erfc(x) * exp(x^2)`` beyond. The
paper's third, for ``x > 4``, serves the digits of ``erfc`` alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NEAR = 0.46875
"""Where the two approximations meet."""
FAR = 6.0
"""Where ``erf`` is 1 in float64."""

INNER_ABOVE = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
INNER_BELOW = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
OUTER_ABOVE = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
OUTER_BELOW = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)


def _ratio(x: Array, above: tuple[float, ...], below: tuple[float, ...]) -> Array:
    """Quotient of two polynomials, highest power first, by Horner's rule."""
    top, bottom = np.full_like(x, above[0]), np.full_like(x, below[0])
    for a, b in zip(above[1:], below[1:], strict=True):
        top *= x
        top += a
        bottom *= x
        bottom += b
    top /= bottom
    return top


def erf(x: Array) -> Array:
    """``2 / sqrt(pi)`` times the integral of ``exp(-t^2)`` from 0 to ``x``, in the dtype of ``x``.

    >>> erf(np.array([-1.0, 0.0, 0.5, 9.0])).round(12).tolist()
    [-0.84270079295, 0.0, 0.520499877813, 1.0]
    """
    size, near = np.minimum(np.abs(x), FAR), np.clip(x, -NEAR, NEAR)
    inner = near * _ratio(near * near, INNER_ABOVE, INNER_BELOW)
    outer = 1 - np.exp(-size * size) * _ratio(size, OUTER_ABOVE, OUTER_BELOW)
    result: Array = np.where(size <= NEAR, inner, np.copysign(outer, x))
    return result
