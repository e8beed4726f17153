import numpy as np

from thumblab.data import Cutout, augment


def test_square_stands_about_its_center() -> None:
    out = augment(Cutout(side=2, fill=7), np.zeros((1, 5, 5, 3), np.uint8), np.array([[0.5, 0.9]]))
    rows, columns, _ = np.nonzero(out[0])
    assert set(rows) == {1, 2}
    assert set(columns) == {3, 4}
    assert set(out.ravel()) == {0, 7}


def test_square_may_hang_over_the_border() -> None:
    out = augment(Cutout(side=3, fill=1), np.zeros((1, 6, 6, 1), np.uint8), np.zeros((1, 2)))
    assert out.sum() == 4
    assert out[0, :2, :2].all()
