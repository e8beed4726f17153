import numpy as np

from thumblab.data import Shift, augment


def test_distance_is_a_share_of_each_side() -> None:
    image = np.zeros((1, 20, 10, 1), np.uint8)
    image[0, 10, 5] = 9
    low, high = (augment(Shift(0.1), image, np.full((1, 2), d)) for d in (0.0, 0.999))
    assert np.argwhere(low).tolist() == [[0, 12, 6, 0]]
    assert np.argwhere(high).tolist() == [[0, 8, 4, 0]]


def test_edge_repeats_what_was_at_the_border() -> None:
    image = np.arange(10, dtype=np.uint8).reshape(1, 1, 10, 1)
    out = augment(Shift(0.2, "edge"), image, np.array([[0.5, 0.0]]))
    assert out.ravel().tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
