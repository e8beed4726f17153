import numpy as np

from thumblab.data import Rotate, augment

IMAGE = np.random.default_rng(0).integers(0, 256, (1, 9, 9, 3)).astype(np.uint8)


def test_a_quarter_turn_is_exact_and_anticlockwise() -> None:
    out = augment(Rotate(90.0), IMAGE, np.array([[np.nextafter(1.0, 0.0)]]))
    assert (out[0] == np.rot90(IMAGE[0])).all()
    back = augment(Rotate(90.0), IMAGE, np.array([[0.0]]))
    assert (back[0] == np.rot90(IMAGE[0], -1)).all()


def test_a_half_turn_flips_both_ways() -> None:
    out = augment(Rotate(180.0), IMAGE, np.array([[0.0]]))
    assert (out[0] == IMAGE[0, ::-1, ::-1]).all()


def test_corners_turn_black() -> None:
    out = augment(Rotate(45.0), np.full((1, 9, 9, 1), 200, np.uint8), np.array([[0.0]]))
    assert out[0, 0, 0, 0] == 0
    assert out[0, 4, 4, 0] == 200
