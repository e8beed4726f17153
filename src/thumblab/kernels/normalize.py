"""Batch normalization's passes over blocked pixels, a few image rows at a time so that they stay in cache.

Sums are products with a vector of ones: a matrix-vector product reads memory at full speed where ``sum``
and ``einsum`` do not. Partial sums of an image row are taken in the array's dtype, sums over rows in float64;
``precise`` takes all sums in float64. A variance from such sums has few digits where the mean is some
deviations away from zero: ``layers.batch_norm`` centers the values first then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.kernels.layout import along_line, lines

Array = NDArray[Any]
Split = tuple[slice, slice]
Lend = Callable[[str, int], Array]
"""``Context.scratch``."""
CHUNK = 64 * 1024
"""Values of one array worked on at a time."""


def chunks(shape: tuple[int, ...]) -> Iterator[Split]:
    """``(blocks, image rows)`` that cover ``lines(x)`` of that shape."""
    blocks, height, width = shape
    rows = max(1, min(height, CHUNK // width))
    many = max(1, min(blocks, CHUNK // (width * height)))
    for g in range(0, blocks, many):
        for top in range(0, height, rows):
            yield slice(g, g + many), slice(top, top + rows)


def add_sums(total: NDArray[np.float64], x: Array, y: Array, lend: Lend, *, precise: bool) -> None:
    """Adds the sums over ``x`` and over ``x * y``, both lines, per channel to ``total`` ``(2, c)``."""
    c = total.shape[1]
    dtype = np.dtype(np.float64) if precise else x.dtype
    ones = np.ones(x.shape[-1] // c, dtype)
    by_line = np.empty((2, *x.shape[:2], c), dtype)
    for part in chunks(x.shape):
        values = x[part].astype(dtype, copy=False)
        values = values.reshape(*values.shape[:2], -1, c)
        if precise:
            products = values * y[part].reshape(values.shape)
        else:
            products = lend("products", values.size).reshape(values.shape)
            np.multiply(values, y[part].reshape(values.shape), out=products)
        np.matmul(ones, values, out=by_line[0][part])
        np.matmul(ones, products, out=by_line[1][part])
    total += by_line.sum((1, 2), dtype=np.float64)


def moments(x: Array, lend: Lend, *, precise: bool) -> NDArray[np.float64]:
    """Sums of blocked ``x`` and of its squares over samples and pixels, ``(2, c)``."""
    total = np.zeros((2, x.shape[-1]))
    add_sums(total, lines(x), lines(x), lend, precise=precise)
    return total


def scale(
    x: Array, times_plus: tuple[Array, Array], shortcut: Array | None, y: Array, *, rectify: bool
) -> None:
    """``y = x * times + plus`` per channel, and ``shortcut``; with ``rectify`` the positive part of it."""
    source, target = lines(x), lines(y)
    factor, offset = (along_line(values, source.shape[-1]) for values in times_plus)
    zeros = np.zeros_like(factor)
    for part in chunks(source.shape):
        values = target[part]
        np.multiply(source[part], factor, out=values)
        np.add(values, offset, out=values)
        if shortcut is not None:
            np.add(values, lines(shortcut)[part], out=values)
        if rectify:
            np.maximum(values, zeros, out=values)


def gradient_sums(
    dy: Array, x: Array, y: Array | None, lend: Lend, *, precise: bool
) -> NDArray[np.float64]:
    """Sums of ``dy`` and of ``dy * x`` per channel, ``(2, c)``.

    If a ReLU stands behind, ``y`` is its output, and ``dy`` counts where that is positive.
    """
    total = np.zeros((2, x.shape[-1]))
    up, values = lines(dy), lines(x)
    if y is None:
        add_sums(total, up, values, lend, precise=precise)
        return total
    positive = lines(y)
    for part in chunks(values.shape):
        passed = lend("passed", up[part].size).reshape(up[part].shape)
        np.multiply(up[part], positive[part] > 0, out=passed)
        add_sums(total, passed, values[part], lend, precise=precise)
    return total


def gradient(
    dy: Array,
    x: Array,
    y: Array | None,
    factors: tuple[Array, Array, Array],
    dx: Array,
    lend: Lend,
    before: Array | None = None,
) -> None:
    """``dx = a * dy + b * x + c`` per channel.

    ``y`` as in ``gradient_sums``; ``before`` is the output of a ReLU in front, and ``dx`` counts where
    that is positive.
    """
    up, source, target = lines(dy), lines(x), lines(dx)
    a, b, c = (along_line(factor, source.shape[-1]) for factor in factors)
    for part in chunks(source.shape):
        values = target[part]
        linear = lend("linear", values.size).reshape(values.shape)
        np.multiply(source[part], b, out=linear)
        np.add(linear, c, out=linear)
        np.multiply(up[part], a, out=values)
        if y is not None:
            np.multiply(values, lines(y)[part] > 0, out=values)
        np.add(values, linear, out=values)
        if before is not None:
            np.multiply(values, lines(before)[part] > 0, out=values)
