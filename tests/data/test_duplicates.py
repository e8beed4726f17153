import numpy as np

from thumblab.data import twins


def test_equal_images_share_a_number_and_no_others_do() -> None:
    images = np.random.default_rng(0).integers(0, 2, (200, 2, 2, 1)).astype(np.uint8)
    numbers = twins(images)
    same = (images[:, None] == images[None]).all((2, 3, 4))
    assert ((numbers[:, None] == numbers[None]) == same).all()
    assert numbers[0] == 0
