"""Batch normalisation's passes over grouped pixels, a few image rows at a time so that they stay in cache.

Sums are products with a vector of ones: a matrix-vector product reads memory at full speed where ``sum``
and ``einsum`` do not. Partial sums of an image row are taken in the array's dtype, sums over rows in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.kernels.layout import lines

Array = NDArray[Any]
Part = tuple[slice, slice]
CHUNK = 32 * 1024
"""Values of one array worked on at a time."""


def chunks(shape: tuple[int, ...]) -> Iterator[Part]:
    """``(groups, image rows)`` that cover ``lines(x)`` of that shape."""
    groups, height, width = shape
    rows = max(1, min(height, CHUNK // width))
    many = max(1, min(groups, CHUNK // (width * height)))
    for g in range(0, groups, many):
        for top in range(0, height, rows):
            yield slice(g, g + many), slice(top, top + rows)


def add_sums(total: NDArray[np.float64], x: Array, y: Array) -> None:
    """Adds the sums over ``x`` and over ``x * y``, per channel, to ``total`` ``(2, c)``."""
    c = total.shape[1]
    ones = np.ones(x.shape[-1] // c, x.dtype)
    by_row = (*x.shape[:-1], -1, c)
    total[0] += np.matmul(ones, x.reshape(by_row)).sum((0, 1), dtype=np.float64)
    total[1] += np.matmul(ones, (x * y).reshape(by_row)).sum((0, 1), dtype=np.float64)


def moments(x: Array) -> NDArray[np.float64]:
    """Sums of grouped ``x`` and of its squares over samples and pixels, ``(2, c)``."""
    total = np.zeros((2, x.shape[-1]))
    values = lines(x)
    for part in chunks(values.shape):
        add_sums(total, values[part], values[part])
    return total


def scale(x: Array, times: Array, plus: Array, y: Array, *, rectify: bool) -> None:
    """``y = x * times + plus`` per channel, and with ``rectify`` the positive part of it."""
    source, target = lines(x), lines(y)
    repeat = source.shape[-1] // len(times)
    factor, offset = np.tile(times, repeat), np.tile(plus, repeat)
    zeros = np.zeros_like(factor)
    for part in chunks(source.shape):
        values = target[part]
        np.multiply(source[part], factor, out=values)
        np.add(values, offset, out=values)
        if rectify:
            np.maximum(values, zeros, out=values)


def gradient_sums(dy: Array, x: Array) -> NDArray[np.float64]:
    """Sums of ``dy`` and of ``dy * x`` per channel, ``(2, c)``."""
    total = np.zeros((2, x.shape[-1]))
    up, values = lines(dy), lines(x)
    for part in chunks(values.shape):
        add_sums(total, up[part], values[part])
    return total


def rectified_sums(dy: Array, x: Array, y: Array, out: Array) -> NDArray[np.float64]:
    """``gradient_sums`` of ``dy`` where ``y``, the output of a ReLU behind, is positive; that is ``out``."""
    total = np.zeros((2, x.shape[-1]))
    up, values, positive, target = lines(dy), lines(x), lines(y), lines(out)
    for part in chunks(values.shape):
        gradient = np.multiply(up[part], positive[part] > 0, out=target[part])
        add_sums(total, gradient, values[part])
    return total


def gradient(
    dy: Array, x: Array, factors: tuple[Array, Array, Array], dx: Array, *, masked: bool
) -> None:
    """``dx = a * dy + b * x + c`` per channel; with ``masked``, 0 where ``x`` is not above 0."""
    up, source, target = lines(dy), lines(x), lines(dx)
    repeat = source.shape[-1] // x.shape[-1]
    a, b, c = (np.tile(factor, repeat) for factor in factors)
    for part in chunks(source.shape):
        values = target[part]
        linear = source[part] * b
        linear += c
        np.multiply(up[part], a, out=values)
        np.add(values, linear, out=values)
        if masked:
            np.multiply(values, source[part] > 0, out=values)
