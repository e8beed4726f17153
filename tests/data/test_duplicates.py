import numpy as np

from thumblab.data import duplicate_groups, leaked


def test_equal_images_share_a_number_and_no_others_do() -> None:
    images = np.random.default_rng(0).integers(0, 2, (200, 2, 2, 1)).astype(np.uint8)
    numbers = duplicate_groups(images)
    same = (images[:, None] == images[None]).all((2, 3, 4))
    assert ((numbers[:, None] == numbers[None]) == same).all()
    assert numbers[0] == 0


def test_what_leaks_is_counted_once_for_each_image_that_is_judged() -> None:
    images = np.arange(12, dtype=np.uint8).reshape(6, 2, 1, 1)
    assert leaked(images[:4], images[4:]) == 0
    assert leaked(images[[0, 1, 2]], images[[1, 1, 1, 5, 0]]) == 4  # 2 with the sides exchanged
