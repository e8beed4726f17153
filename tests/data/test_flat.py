import numpy as np

from thumblab.data.flat import flat_pictures, is_flat


def test_one_color_all_over_is_flat() -> None:
    images = np.zeros((4, 5, 6, 3), np.uint8)
    images[1] = (250, 3, 77)
    images[2, 0, 0, 1] = 2  # what JPEG adds
    images[3, 4, 5, 2] = 40
    assert is_flat(images).tolist() == [True, True, True, False]
    assert flat_pictures(images, "abcd") == ["a", "b", "c"]
    assert flat_pictures(images[:0], []) == []
