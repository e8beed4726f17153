from math import sqrt

import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.core.initialize import NAMES, start
from thumblab.core.layer import Weight

SHAPE = (64, 48, 3, 3)
FAN_IN, FAN_OUT = 48 * 9, 64 * 9
VARIANCE = {
    "zeros": 0.0,
    "glorot_uniform": 2 / (FAN_IN + FAN_OUT),
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "he_uniform": 2 / FAN_IN,
    "he_normal": 2 / FAN_IN,
    "lecun_normal": 1 / FAN_IN,
    "torch_default": 1 / (3 * FAN_IN),
}
BOUND = {
    "glorot_uniform": sqrt(6 / (FAN_IN + FAN_OUT)),
    "he_uniform": sqrt(6 / FAN_IN),
    "torch_default": 1 / sqrt(FAN_IN),
}


def drawn(init: str, shape: tuple[int, ...] = SHAPE, fan_in: int = 0) -> np.ndarray:
    return start(Weight(shape, init, fan_in=fan_in), np.random.default_rng(0))


@pytest.mark.parametrize("init", NAMES)
def test_every_initializer_fills_its_shape_in_float64(init: str) -> None:
    value = drawn(init)
    assert value.shape == SHAPE
    assert value.dtype == np.float64
    assert np.isfinite(value).all()


@pytest.mark.parametrize("init", VARIANCE)
def test_variances_are_those_of_the_formula(init: str) -> None:
    value = drawn(init)
    assert value.var() == pytest.approx(VARIANCE[init], rel=0.03)
    assert abs(value.mean()) <= 4 * sqrt(VARIANCE[init] / value.size)


@pytest.mark.parametrize("init", BOUND)
def test_uniform_draws_fill_their_bounds(init: str) -> None:
    assert 0.99 * BOUND[init] < np.abs(drawn(init)).max() <= BOUND[init]


def test_normal_draws_have_the_tails_of_a_normal_distribution() -> None:
    for init in ("glorot_normal", "he_normal", "lecun_normal"):
        value = drawn(init)
        assert (np.abs(value) > 2 * value.std()).mean() == pytest.approx(0.0455, abs=0.005)


def test_dense_fans_are_the_matrix_sides() -> None:
    assert drawn("he_normal", (500, 400)).var() == pytest.approx(2 / 400, rel=0.03)
    assert drawn("glorot_uniform", (500, 300)).var() == pytest.approx(2 / 800, rel=0.03)


def test_a_bias_is_told_its_fan_in() -> None:
    value = drawn("torch_default", (2000,), fan_in=25)
    assert 0.19 < np.abs(value).max() <= 1 / sqrt(25)


def test_ones_and_zeros() -> None:
    assert (drawn("ones") == 1).all()
    assert (drawn("zeros") == 0).all()


@pytest.mark.parametrize("shape", [(8, 20), (20, 8), (8, 2, 3, 3), (40, 2, 3, 3), (1, 5)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape: tuple[int, ...]) -> None:
    matrix = drawn("orthogonal", shape).reshape(shape[0], -1)
    small = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-12)


def test_dirac_passes_the_first_channels_through() -> None:
    for shape in ((3, 5, 3, 3), (7, 5, 3, 3), (4, 4, 1, 1)):
        kernel = drawn("dirac", shape)
        image = np.random.default_rng(1).standard_normal(shape[1])
        middle = shape[2] // 2
        same = min(shape[:2])
        np.testing.assert_array_equal((kernel[:, :, middle, middle] @ image)[:same], image[:same])
        assert np.count_nonzero(kernel[:same]) == same
        assert same == shape[0] or np.abs(kernel[same:]).min() > 0


def test_dirac_starts_kernels_only() -> None:
    with pytest.raises(UsageError, match=r"dirac starts \(out, in, k, k\) kernels, .* \(4, 4\)"):
        drawn("dirac", (4, 4))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown initializer 'he_norm'; did you mean 'he_normal'"):
        drawn("he_norm")


@pytest.mark.parametrize("init", sorted(set(NAMES) - {"zeros", "ones"}))
def test_every_draw_names_its_source(init: str) -> None:
    text = NAMES[init].__doc__ or ""
    assert any(mark in text for mark in ("arXiv", "19", "20", "PyTorch")), text


@pytest.mark.parametrize("init", NAMES)
def test_the_same_generator_draws_the_same_weights(init: str) -> None:
    np.testing.assert_array_equal(drawn(init), drawn(init))
