import numpy as np

from thumblab.data.pipeline.augmentations.window import whole, windows


def test_windows_agree_with_slices() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 6, 4, 3)).astype(np.uint8)
    rows, columns = np.array([0, 1, 2, 3, 4]), np.array([6, 5, 0, 2, 3])
    out = windows(images, (2, 3), (rows, columns), "zero")
    padded = np.pad(images, ((0, 0), (2, 2), (3, 3), (0, 0)))
    for i, (r, c) in enumerate(zip(rows, columns, strict=True)):
        assert (out[i] == padded[i, r : r + 6, c : c + 4]).all()


def test_whole_numbers_reach_both_ends() -> None:
    assert whole(np.array([0.0, 0.5, np.nextafter(1.0, 0.0)]), 3).tolist() == [0, 1, 2]
