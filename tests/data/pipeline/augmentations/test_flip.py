import numpy as np

from thumblab.data import Flip, augment


def test_below_a_half_flips_left_to_right() -> None:
    images = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3, 1)
    out = augment(Flip(), images, np.array([[0.49], [0.5]]))
    assert out[0, :, :, 0].tolist() == [[2, 1, 0], [5, 4, 3]]
    assert (out[1] == images[1]).all()
