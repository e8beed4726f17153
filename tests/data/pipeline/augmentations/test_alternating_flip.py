import numpy as np

from thumblab.data import AlternatingFlip, augment
from thumblab.data.pipeline.augment import draw

ROWS = np.random.default_rng(0).permutation(400)


def flips(epoch: int, rows: np.ndarray = ROWS, seed: int = 0) -> np.ndarray:
    """Which samples are flipped, in the order of their numbers."""
    images = np.zeros((len(rows), 1, 2, 1), np.uint8)
    images[:, 0, 0] = 1
    draws = draw(AlternatingFlip(), rows, seed, 0, epoch)
    found = augment(AlternatingFlip(), images, draws)[:, 0, 1, 0] == 1
    return found[np.argsort(rows)]


def test_every_image_is_flipped_in_every_other_epoch() -> None:
    first = flips(0)
    for epoch in range(1, 6):
        assert (flips(epoch) == (first ^ bool(epoch % 2))).all()


def test_a_coin_of_its_own_decides_where_an_image_begins() -> None:
    first = flips(0)
    assert 0.4 < first.mean() < 0.6
    assert 0.3 < (first != flips(0, seed=1)).mean() < 0.7


def test_the_order_of_the_epoch_does_not_matter() -> None:
    assert (flips(3, np.arange(400)) == flips(3)).all()
    few = np.array([7, 3])
    assert (flips(3, few) == flips(3)[[3, 7]]).all()
