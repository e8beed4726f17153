import numpy as np

from thumblab.data.pipeline.augmentations.warp import warp


def plain(image: np.ndarray, matrix: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Bilinear resampling of one gray image, written out."""
    h, w = image.shape
    middle = np.array([(h - 1) / 2, (w - 1) / 2])
    padded, out = np.pad(image.astype(float), 2), np.zeros((h, w))
    for r in range(h):
        for c in range(w):
            y, x = matrix @ (np.array([r, c]) - middle - moved) + middle
            y, x = np.clip(y, -1, h), np.clip(x, -1, w)
            i, j = int(np.floor(y)), int(np.floor(x))
            fy, fx = y - i, x - j
            four = padded[i + 2 : i + 4, j + 2 : j + 4]
            out[r, c] = (
                np.outer([1 - fy, fy], [1 - fx, fx])[: len(four), : four.shape[1]] * four
            ).sum()
    return out


def test_warp_agrees_with_the_formula_to_the_step_of_a_256th_pixel() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, 9, 13, 3)).astype(np.uint8)
    matrix = np.eye(2) + rng.normal(0, 0.4, (8, 2, 2))
    moved = rng.normal(0, 3, (8, 2))
    fast = warp(images, matrix, moved)
    for i in range(8):
        for channel in range(3):
            slow = plain(images[i, :, :, channel], matrix[i], moved[i])
            assert np.abs(fast[i, :, :, channel] - slow).max() <= 4


def test_blocks_make_no_difference() -> None:
    images = np.random.default_rng(0).integers(0, 256, (70, 28, 28, 1)).astype(np.uint8)
    matrix = np.broadcast_to(np.array([[0.9, 0.2], [-0.1, 1.1]]), (70, 2, 2))
    whole = warp(images, matrix, np.ones((70, 2)))
    assert (warp(images[50:51], matrix[:1], np.ones((1, 2))) == whole[50]).all()


def test_far_away_is_black() -> None:
    images = np.full((1, 4, 4, 1), 255, np.uint8)
    assert not warp(images, np.eye(2)[None] * 1e12, np.full((1, 2), 0.3)).any()
    assert not warp(images, np.eye(2)[None], np.full((1, 2), 5.0)).any()
