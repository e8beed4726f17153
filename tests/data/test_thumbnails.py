import io

import numpy as np
from PIL import Image
from tests.training.small import dataset

from thumblab.data import Dataset, Split
from thumblab.data.thumbnails import MOST_COLUMNS, MOST_ROWS, thumbnails


def opened(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_row_a_class_of_its_first_images():
    images = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 1), np.uint8)
    grid = opened(thumbnails(images, np.array([0, 1, 1, 0]), 2))
    assert grid.shape == (2 * 2, MOST_COLUMNS * 3)
    assert grid[::2, ::3][:, :3].tolist() == [[0, 3, 255], [1, 2, 255]]


def test_many_classes_are_cut_and_colors_kept():
    images = np.full((30, 4, 4, 3), (9, 8, 7), np.uint8)
    grid = opened(thumbnails(images, np.arange(30), 30))
    assert grid.shape == (4 * MOST_ROWS, 4 * MOST_COLUMNS, 3)
    assert grid[0, 0].tolist() == [9, 8, 7]


def test_a_data_set_shows_itself_with_its_names_escaped():
    shown = dataset()._repr_html_()
    assert "data:image/png;base64," in shown
    part = Split(np.zeros((2, 5), np.float32), np.array([0, 1]))
    shown = Dataset("<b>", part, None, ("<i>", "b"))._repr_html_()
    assert "&lt;b&gt;" in shown
    assert "&lt;i&gt;, b" in shown
    assert "<img" not in shown
