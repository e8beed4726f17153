import numpy as np
import pytest

from thumblab.data import Crop, augment

IMAGE = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3, 1)


@pytest.mark.parametrize(
    ("mode", "first_row"), [("zero", [0, 0, 0]), ("edge", [1, 1, 2]), ("reflect", [5, 4, 5])]
)
def test_first_draw_takes_the_upper_left_corner(mode, first_row) -> None:
    out = augment(Crop(1, mode), IMAGE, np.zeros((1, 2)))
    assert out[0, 0, :, 0].tolist() == first_row
    assert out[0, 1:, 1:, 0].tolist() == [[1, 2], [4, 5]]


def test_rows_come_before_columns() -> None:
    out = augment(Crop(1), IMAGE, np.array([[0.5, 0.99]]))
    assert out[0, :, :, 0].tolist() == [[2, 3, 0], [5, 6, 0], [8, 9, 0]]


def test_every_place_is_alike() -> None:
    images = np.zeros((2500, 5, 5, 1), np.uint8)
    images[:, 2, 2] = 1
    draws = np.random.default_rng(0).random((2500, 2))
    counts = augment(Crop(2), images, draws).sum(0)[:, :, 0]
    assert counts.sum() == 2500
    assert counts.min() > 60


def test_channels_move_together() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 6, 5, 3)).astype(np.uint8)
    draws = np.random.default_rng(1).random((3, 2))
    color = augment(Crop(2, "reflect"), images, draws)
    for channel in range(3):
        gray = augment(Crop(2, "reflect"), images[..., channel : channel + 1], draws)
        assert (gray[..., 0] == color[..., channel]).all()
