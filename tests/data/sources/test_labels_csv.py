import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data import LabelsCsv, read


def png(seed: int) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


def laid(shelve, folder: Path, table: str, *files: str, name: str = "labels.csv") -> Path:
    shelve(folder, {file: png(i) for i, file in enumerate(files)} | {name: table.encode()})
    return folder / name


def files_and_classes(path: Path, **options) -> dict[str, str]:
    data = read(LabelsCsv(str(path), **options))
    files = [file for part in data.reading.files.values() for file in part]
    labels = [label for part in data.parts.values() for label in part.labels]
    return {file: data.classes[label] for file, label in zip(files, labels, strict=True)}


@pytest.mark.parametrize(
    "table",
    [
        "image,label\n1.png,cat\nin/2.png,dog\n",
        "filename;class\r\n1.png;cat\r\n2.png;dog\r\n",
        "\ufeffid,breed\n1,cat\n2,dog\n",
        "label\timage_id\ncat\t1\ndog\t2\n",
        "id,what is seen\n1,cat\n2,dog",
    ],
)
def test_usual_columns_and_ways_to_name_a_picture(table, shelve, tmp_path) -> None:
    path = laid(shelve, tmp_path, table, "1.png", "in/2.png")
    assert files_and_classes(path) == {"1.png": "cat", "in/2.png": "dog"}


def test_kaggles_table_names_those_of_its_own_folder(shelve, tmp_path) -> None:
    files = ("train/1.png", "train/2.png", "test/1.png", "test/3.png")
    path = laid(shelve, tmp_path, "id,label\n1,cat\n2,dog\n", *files, name="train.csv")
    with pytest.warns(
        UserWarning, match=r"2 pictures beside train\.csv not listed there: not used"
    ):
        assert files_and_classes(path) == {"train/1.png": "cat", "train/2.png": "dog"}


def test_a_column_may_name_the_part(shelve, tmp_path) -> None:
    table = "file,label,split\n1.png,a,train\n2.png,b,Train\n3.png,b,valid\n4.png,a,TEST\n"
    path = laid(shelve, tmp_path, table, *(f"{i}.png" for i in range(1, 5)))
    data = read(LabelsCsv(str(path)))
    assert {name: len(part) for name, part in data.parts.items()} == {
        "training": 2,
        "validation": 1,
        "test": 1,
    }


def test_unusual_columns_are_named(shelve, tmp_path) -> None:
    path = laid(shelve, tmp_path, "a,b,c\n1.png,x,9\n2.png,y,9\n", "1.png", "2.png")
    with pytest.raises(
        DataError, match="has the columns a, b, c, none of which is known to hold files"
    ):
        read(LabelsCsv(str(path)))
    assert files_and_classes(path, file="a", label="b") == {"1.png": "x", "2.png": "y"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "image,label\n1.png,a\n9.png,b\n",
            r"1 lines that fit no picture(.|\n)*9\.png is no picture",
        ),
        ("image,label\n1.png,a\n1.png,b\n", r"1\.png is listed as a and as b"),
        ("image,label\n3.png,a\n1.png,b\n", r"3\.png is there several times"),
        ("image,label\n1.png,a\n2.png,A\n", "classes 'A' and 'a', which differ in case"),
        ("image,label\n1.png,a\n2.png,a\n", "lists 1 classes to train on; give 2 or more"),
        ("image,label\n1.png,a,b\n", r"labels\.csv, line 2, has 3 values, the first line 2"),
        ("image,label\n", "has no lines of a file and its class"),
        ("image,label,split\n1.png,a,x\n2.png,b,train\n", "is of an unknown part 'x'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(table, message, shelve, tmp_path) -> None:
    path = laid(shelve, tmp_path, table, "1.png", "2.png", "x/3.png", "y/3.png")
    with pytest.raises(DataError, match=message):
        read(LabelsCsv(str(path)))
