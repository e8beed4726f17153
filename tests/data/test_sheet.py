import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.data import Dataset, Split, contact_sheet


def shown(shape: tuple[int, ...] = (28, 28, 1), n: int = 12) -> Dataset:
    images = np.full((n, *shape), 90, np.uint8)
    return Dataset("x", Split(images, np.arange(n) % 3), None, ("zero", "one", "a longer name"))


def test_a_row_for_each_class_and_its_first_images() -> None:
    sheet = np.asarray(contact_sheet(shown(), columns=5))
    assert (sheet == 90).all(2).sum() >= 12 * 56 * 56
    column = (sheet == 90).all(2).sum(0)
    assert column.max() == 3 * 56
    assert sheet.shape[0] == 4 + 3 * 60
    assert (sheet[:, :60] < 128).any()


def test_rows_limit_the_classes() -> None:
    assert contact_sheet(shown((32, 32, 3)), rows=2).height == 4 + 2 * 68


def test_large_images_are_shown_as_they_are() -> None:
    assert contact_sheet(shown((100, 80, 3)), rows=1, columns=1).height == 4 + 104


def test_wrong_use_is_refused() -> None:
    features = Dataset(
        "x", Split(np.zeros((1, 3), np.float32), np.zeros(1, np.int64)), None, ("a",)
    )
    with pytest.raises(UsageError, match="x holds features, not images"):
        contact_sheet(features)
    for rows, columns in ((0, 3), (1, 0), (-1, 2)):
        with pytest.raises(UsageError, match=f"a sheet of {rows} rows and {columns} columns"):
            contact_sheet(shown(), rows, columns)


def test_names_without_a_font_are_numbered_and_told(monkeypatch) -> None:
    """Korean, Arabic and Chinese names used to be boxes, one like the other."""
    monkeypatch.setattr("thumblab.data.pictures.lettering._files", lambda: ())
    names = ("cat", "\uace0\uc591\uc774", "dog")
    with pytest.warns(UserWarning, match="numbered on the sheet: no. 2 is \uace0\uc591\uc774$"):
        contact_sheet(Dataset("x", shown().train, None, names))
