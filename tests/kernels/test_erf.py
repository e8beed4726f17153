import numpy as np
import pytest
from scipy import special

from thumblab.kernels.erf import FAR, NEAR, erf

EDGES = [0.0, -0.0, NEAR, -NEAR, np.nextafter(NEAR, 1), 4.0, FAR, -FAR, np.nextafter(FAR, 0)]


def test_it_is_exact_to_the_last_digits_of_float64() -> None:
    x = np.concatenate([np.linspace(-8, 8, 200_001), EDGES, 10.0 ** -np.arange(0, 300, 3)])
    np.testing.assert_allclose(erf(x), special.erf(x), rtol=1e-15, atol=0)


def test_single_precision_stays_single() -> None:
    x = np.linspace(-5, 5, 10_001, dtype="f4")
    y = erf(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, special.erf(x.astype("f8")), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_largest_numbers_pass_without_a_warning(dtype: str) -> None:
    limit = np.finfo(dtype).max
    x = np.array([-np.inf, -limit, limit, np.inf], dtype)
    np.testing.assert_array_equal(erf(x), [-1, -1, 1, 1])


def test_signs_of_zero_are_kept() -> None:
    assert np.signbit(erf(np.array([-0.0, 0.0]))).tolist() == [True, False]


def test_the_argument_is_left_alone() -> None:
    x = np.linspace(-3, 3, 7)
    copy = x.copy()
    erf(x)
    np.testing.assert_array_equal(x, copy)
