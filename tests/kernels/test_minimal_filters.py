import numpy as np
import pytest

from thumblab.kernels import minimal_filters


@pytest.mark.parametrize("m", [2, 3, 4])
def test_kernel_transforms_are_adjoint(m: int) -> None:
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((3, 2, 3, 3))
    points = minimal_filters.transform_kernel(weight, m)
    other = rng.standard_normal(points.shape)
    assert points.shape == ((m + 2) ** 2, 2, 3)
    assert np.vdot(points, other) == pytest.approx(
        np.vdot(weight, minimal_filters.transform_kernel_back(other, m)), rel=1e-12
    )


@pytest.mark.parametrize("m", [2, 3, 4])
def test_the_matrices_filter_every_impulse_exactly(m: int) -> None:
    """``A' [G g * B' d]`` is the correlation of ``d`` with ``g``, tried on all pairs of unit vectors."""
    a, b, g = (
        np.array(each[m], float)
        for each in (minimal_filters.OUTPUT, minimal_filters.INPUT, minimal_filters.KERNEL)
    )
    for i, j in np.ndindex(3, m + 2):
        found = a @ (g[:, i] * b[:, j])
        np.testing.assert_allclose(found, np.eye(m + 2)[j, i : i + m], atol=1e-12)


@pytest.mark.parametrize("m", [2, 3, 4])
def test_the_outermost_pixels_enter_one_point_each(m: int) -> None:
    table = np.array(minimal_filters.INPUT[m])
    np.testing.assert_array_equal(table[:, 0], np.eye(m + 2)[0])
    np.testing.assert_array_equal(table[:, -1], np.eye(m + 2)[-1])
