import numpy as np
import pytest

from thumblab.kernels.layout import (
    GROUP,
    clear_phantoms,
    group_count,
    inside,
    lines,
    read_groups,
    rows,
    write_groups,
)


def images(samples: int) -> np.ndarray:
    return np.random.default_rng(samples).standard_normal((samples, 3, 4, 5))


@pytest.mark.parametrize("samples", [1, 15, 16, 17, 32, 40])
def test_images_come_back_and_the_border_and_phantoms_are_zero(samples: int) -> None:
    out = np.zeros((group_count(samples), 6, 7, GROUP, 3))
    inside(out)[...] = np.nan
    write_groups(images(samples), out)
    np.testing.assert_array_equal(read_groups(out, samples), images(samples))
    assert np.count_nonzero(out) == samples * 60
    assert np.isfinite(out).all()


def test_sixteen_images_stand_just_outside_the_channels() -> None:
    plain = images(20)
    out = np.zeros((2, 6, 7, GROUP, 3))
    write_groups(plain, out)
    np.testing.assert_array_equal(out[1, 3, 2, 1], plain[17, :, 2, 1])


def test_groups_are_counted_up() -> None:
    assert [group_count(n) for n in (0, 1, 16, 17, 32, 33)] == [0, 1, 1, 2, 2, 3]


def test_rows_and_lines_are_views_of_the_pixels() -> None:
    out = np.random.default_rng(0).standard_normal((2, 6, 7, GROUP, 3))
    pixels = inside(out)
    np.testing.assert_array_equal(rows(out), pixels.reshape(2, 4, 5 * GROUP, 3))
    np.testing.assert_array_equal(lines(out), pixels.reshape(2, 4, 5 * GROUP * 3))
    rows(out)[...] = 7
    assert (inside(out) == 7).all()
    assert out.sum() != 7 * out.size  # the border has not been touched


@pytest.mark.parametrize("samples", [16, 17, 31])
def test_only_phantoms_are_cleared(samples: int) -> None:
    out = np.ones((group_count(samples), 3, 3, GROUP, 2))
    clear_phantoms(out, samples)
    assert inside(out).sum() == samples * 2
