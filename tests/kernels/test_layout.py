import numpy as np
import pytest

from thumblab.kernels.layout import (
    BLOCK,
    block_count,
    clear_padding_samples,
    inside,
    lines,
    read_blocks,
    rows,
    write_blocks,
)


def images(samples: int) -> np.ndarray:
    return np.random.default_rng(samples).standard_normal((samples, 3, 4, 5))


@pytest.mark.parametrize("samples", [1, 15, 16, 17, 32, 40])
def test_images_come_back_and_the_border_and_padding_samples_are_zero(samples: int) -> None:
    out = np.zeros((block_count(samples), 6, 7, BLOCK, 3))
    inside(out)[...] = np.nan
    write_blocks(images(samples), out)
    np.testing.assert_array_equal(read_blocks(out, samples), images(samples))
    assert np.count_nonzero(out) == samples * 60
    assert np.isfinite(out).all()


def test_sixteen_images_stand_just_outside_the_channels() -> None:
    plain = images(20)
    out = np.zeros((2, 6, 7, BLOCK, 3))
    write_blocks(plain, out)
    np.testing.assert_array_equal(out[1, 3, 2, 1], plain[17, :, 2, 1])


def test_groups_are_counted_up() -> None:
    assert [block_count(n) for n in (0, 1, 16, 17, 32, 33)] == [0, 1, 1, 2, 2, 3]


def test_rows_and_lines_are_views_of_the_pixels() -> None:
    out = np.random.default_rng(0).standard_normal((2, 6, 7, BLOCK, 3))
    pixels = inside(out)
    np.testing.assert_array_equal(rows(out), pixels.reshape(2, 4, 5 * BLOCK, 3))
    np.testing.assert_array_equal(lines(out), pixels.reshape(2, 4, 5 * BLOCK * 3))
    rows(out)[...] = 7
    assert (inside(out) == 7).all()
    assert out.sum() != 7 * out.size  # the border has not been touched


@pytest.mark.parametrize("samples", [16, 17, 31])
def test_only_padding_samples_are_cleared(samples: int) -> None:
    out = np.ones((block_count(samples), 3, 3, BLOCK, 2))
    clear_padding_samples(out, samples)
    assert inside(out).sum() == samples * 2
