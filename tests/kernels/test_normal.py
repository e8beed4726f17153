import numpy as np
from scipy import special

from thumblab.kernels.normal import FAR, share_below


def test_float64_is_scipys_to_the_last_digits() -> None:
    x = np.linspace(-9, 9, 20_001)
    np.testing.assert_allclose(share_below(x), special.ndtr(x), rtol=0, atol=3e-16)


def test_float32_is_scipys_to_rounding_however_far() -> None:
    x = np.concatenate([np.linspace(-2 * FAR, 2 * FAR, 400_001), [-1e4, 1e4]]).astype(np.float32)
    error = np.abs(share_below(x) - special.ndtr(x.astype(np.float64)))
    assert error.max() < 1.3e-7
    assert share_below(x).dtype == np.float32
