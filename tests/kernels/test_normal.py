import numpy as np
from scipy import special

from thumblab.kernels.normal import share_below


def test_float64_is_scipys_to_the_last_digits() -> None:
    x = np.linspace(-9, 9, 20_001)
    np.testing.assert_allclose(share_below(x), special.ndtr(x), rtol=0, atol=3e-16)


def test_float32_is_scipys_to_rounding_however_far() -> None:
    near, far = np.linspace(-11, 11, 400_001), np.geomspace(11, 3e38, 10_001)
    x = np.concatenate([-far, near, far]).astype(np.float32)
    error = np.abs(share_below(x) - special.ndtr(x.astype(np.float64)))
    assert error.max() < 1.3e-7
    assert share_below(x).dtype == np.float32


def test_it_writes_where_it_is_told() -> None:
    for dtype in (np.float32, np.float64):
        x = np.linspace(-3, 3, 101, dtype=dtype)
        out = np.empty_like(x)
        assert share_below(x, out) is out
        np.testing.assert_array_equal(out, share_below(x))
