import numpy as np
import pytest

from thumblab.kernels.pooling import (
    taps,
    window_counts,
    window_max,
    window_max_back,
    window_sum,
    window_sum_back,
)

CASES = [
    (8, 2, 2, 0, 0),
    (7, 2, 2, 0, 0),
    (7, 3, 2, 0, 1),
    (7, 3, 2, 1, 1),
    (5, 4, 1, 2, 1),
    (9, 2, 3, 0, 0),
    (1, 3, 1, 1, 1),
    (3, 5, 3, 2, 2),
    (4, 7, 4, 3, 3),
    (3, 9, 1, 3, 3),
]
NAMED = pytest.mark.parametrize(("size", "kernel", "stride", "before", "after"), CASES)


def members(size: int, kernel: int, stride: int, before: int, after: int) -> list[list[int]]:
    """The real pixels of every window, one plain loop."""
    count = (size + before + after - kernel) // stride + 1
    return [
        [i for i in range(w * stride - before, w * stride - before + kernel) if 0 <= i < size]
        for w in range(count)
    ]


@NAMED
@pytest.mark.parametrize("axis", [0, 1])
def test_maxima_and_their_gradient(
    size: int, kernel: int, stride: int, before: int, after: int, axis: int
) -> None:
    """Whole numbers tie; the gradient of a tie goes to the first."""
    rng = np.random.default_rng(0)
    x = rng.integers(-2, 3, (size, 6)).astype(float)
    windows = members(size, kernel, stride, before, after)
    dy = rng.standard_normal((len(windows), 6))
    wanted, dwanted = np.empty_like(dy), np.zeros_like(x)
    for w, pixels in enumerate(windows):
        wanted[w] = x[pixels].max(0)
        for column, winner in enumerate(x[pixels].argmax(0)):
            dwanted[pixels[winner], column] += dy[w, column]
    places = taps(size, kernel, stride, before, len(windows))
    turned = x if axis == 0 else x.T.copy()
    y = np.full((len(windows), 6) if axis == 0 else (6, len(windows)), np.nan)
    wins = window_max(turned, axis, places, y)
    dx = np.full_like(turned, np.nan)
    window_max_back((dy if axis == 0 else dy.T).copy(), axis, places, wins, dx)
    np.testing.assert_array_equal(y if axis == 0 else y.T, wanted)
    np.testing.assert_allclose(dx if axis == 0 else dx.T, dwanted, atol=1e-12)


@NAMED
def test_sums_and_their_gradient(
    size: int, kernel: int, stride: int, before: int, after: int
) -> None:
    rng = np.random.default_rng(0)
    windows = members(size, kernel, stride, before, after)
    places = taps(size, kernel, stride, before, len(windows))
    x, dy = rng.standard_normal((size, 3)), rng.standard_normal((len(windows), 3))
    y, dx = np.full(dy.shape, np.nan), np.full_like(x, np.nan)
    window_sum(x, 0, places, y)
    window_sum_back(dy, 0, places, dx)
    np.testing.assert_allclose(y, [x[pixels].sum(0) for pixels in windows], atol=1e-12)
    assert np.vdot(y, dy) == pytest.approx(np.vdot(x, dx))
    counted = window_counts(size, places, len(windows))
    np.testing.assert_array_equal(counted, [len(pixels) for pixels in windows])
