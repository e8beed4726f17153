import numpy as np

from thumblab.data import Affine, Rotate, augment

IMAGE = np.random.default_rng(0).integers(0, 256, (1, 10, 20, 1)).astype(np.uint8)
MOST = np.nextafter(1.0, 0.0)


def test_shift_alone_moves_down_and_right() -> None:
    out = augment(Affine(0.0, 0.1, 0.0), IMAGE, np.array([[0.5, 0.5, MOST, MOST]]))
    assert (out[0, 1:, 2:] == IMAGE[0, :-1, :-2]).all()
    assert not out[0, 0].any()
    assert not out[0, :, :2].any()


def test_angle_alone_is_a_rotation() -> None:
    draws = np.array([[0.2, 0.5, 0.5, 0.5]])
    assert (
        augment(Affine(30.0, 0.0, 0.0), IMAGE, draws) == augment(Rotate(30.0), IMAGE, draws)
    ).all()


def test_size_alone_keeps_the_center_and_grows_the_rest() -> None:
    image = np.zeros((1, 11, 11, 1), np.uint8)
    image[0, 4:7, 4:7] = 255
    large, small = (
        augment(Affine(0.0, 0.0, 0.5), image, np.array([[0.5, d, 0.5, 0.5]])) for d in (MOST, 0.0)
    )
    assert large[0, 5, 5, 0] == small[0, 5, 5, 0] == 255
    assert small.sum() < image.sum() < large.sum()
