import numpy as np
import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources import pixel_csv
from thumblab.data.sources.pixel_csv import csv_part

ROWS = np.random.default_rng(0).integers(0, 256, (9, 17)).astype(np.uint8)


def text(rows: np.ndarray, end: str = "\n") -> str:
    return end.join(",".join(map(str, row)) for row in rows.tolist())


def names(at: int) -> str:
    found = [f"pixel{i}" for i in range(16)]
    found.insert(at, "label")
    return ",".join(found)


@pytest.mark.parametrize("piece", [1, 70, 1 << 22])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_label_comes_first_and_pixels_row_by_row(piece, end, monkeypatch) -> None:
    monkeypatch.setattr(pixel_csv, "PIECE", max(piece, 70))
    for data in (text(ROWS, end), text(ROWS, end) + end, names(0) + end + text(ROWS, end)):
        found = csv_part(data.encode(), "x")
        np.testing.assert_array_equal(found.labels, ROWS[:, 0])
        np.testing.assert_array_equal(found.images, ROWS[:, 1:].reshape(9, 4, 4, 1))


def test_the_column_called_label_is_the_label() -> None:
    found = csv_part(f"{names(16)}\n{text(ROWS)}".encode(), "x")
    np.testing.assert_array_equal(found.labels, ROWS[:, 16])
    np.testing.assert_array_equal(found.images.reshape(9, 16), ROWS[:, :16])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "has 1 values in its first line"),
        ("1,2,3", "has 3 values in its first line, not a label and a square of pixels"),
        ("id,pixel0\n1,2", "x has no column called label"),
        (text(ROWS) + "\n1,2", "has a line that is not 17 whole numbers"),
        (text(ROWS).replace(",", ",-", 1), "has a line that is not 17 whole numbers"),
        (text(ROWS[::-1]).replace("\n", "\n,", 1), "has a line that is not 17 whole numbers"),
        (text(ROWS).replace(",", ".5,", 1), "has a line that is not 17 whole numbers"),
        (text(ROWS) + "\n" + ",".join(["256"] * 17), "has the value 256, but pixels end at 255"),
    ],
)
def test_other_tables_are_refused(data, message) -> None:
    with pytest.raises(DataError, match=message):
        csv_part(data.encode(), "x")
