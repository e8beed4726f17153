from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from thumblab.report.mosaic import COLUMNS, Mosaic, embedded_size


def images(n: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, *shape), np.uint8)


def pixels(mosaic: Mosaic, mode: str) -> np.ndarray:
    whole = Image.open(io.BytesIO(base64.b64decode(mosaic.uri.partition(",")[2])))
    return np.asarray(whole.convert(mode))


def test_gray_images_lie_row_after_row_and_lose_nothing() -> None:
    given = images(COLUMNS + 3, 12, 10, 1)
    mosaic = Mosaic(given)
    assert (mosaic.columns, mosaic.lines) == (COLUMNS, 2)
    whole = pixels(mosaic, "L")
    for place, image in enumerate(given):
        row, column = divmod(place, COLUMNS)
        cut = whole[row * 12 : row * 12 + 12, column * 10 : column * 10 + 10]
        np.testing.assert_array_equal(cut, image[:, :, 0])
    assert not whole[12:, 30:].any()


def test_color_is_kept_near_enough() -> None:
    flat = np.broadcast_to(np.uint8([200, 30, 90]), (2, 16, 16, 3))
    whole = pixels(Mosaic(flat), "RGB").astype(int)
    assert whole.shape == (16, 32, 3)
    assert np.abs(whole - [200, 30, 90]).max() < 12


@pytest.mark.parametrize(
    ("sides", "size", "zoom"),
    [((28, 28), (28, 28), 2), ((150, 70), (50, 24), 1), ((8, 8), (8, 8), 8), ((64, 9), (64, 9), 1)],
)
def test_large_images_are_made_smaller_and_small_ones_enlarged(
    sides: tuple[int, int], size: tuple[int, int], zoom: int
) -> None:
    given = images(3, *sides, 1)
    mosaic = Mosaic(given)
    assert embedded_size(given) == (mosaic.high, mosaic.wide) == size
    assert mosaic.zoom == zoom
