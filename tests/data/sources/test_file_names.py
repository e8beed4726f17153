import io

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data import FileNames, read
from thumblab.data.sources.file_names import class_of


def png(seed: int) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("cat.0", "cat"),
        ("dog_12", "dog"),
        ("american_bulldog_100", "american_bulldog"),
        ("Abyssinian 7", "Abyssinian"),
        ("owl(3)", "owl"),
        ("\uace0\uc591\uc774-4", "\uace0\uc591\uc774"),
        ("x2_17", "x2"),
        ("IMG", ""),
        ("0001", ""),
        ("_3", ""),
    ],
)
def test_the_class_stands_before_the_number(stem, name) -> None:
    assert class_of(stem) == name


def test_the_folder_of_a_well_known_contest(shelve, tmp_path) -> None:
    names = ["train/cat.0.jpg", "train/dog.0.jpg", "train/cat.1.jpg", "test1/1.jpg", "test1/2.jpg"]
    shelve(tmp_path, {name: png(i) for i, name in enumerate(names)})
    with pytest.warns(UserWarning, match="2 pictures of .* whose name gives no class: not used"):
        data = read(FileNames(str(tmp_path)))
    assert (data.classes, data.train.labels.tolist(), data.test) == (
        ("cat", "dog"),
        [0, 0, 1],
        None,
    )


def test_parts_and_a_sign_of_ones_own(shelve, tmp_path) -> None:
    names = ["train/cat+left.png", "train/dog+9.png", "val/cat+right.png"]
    shelve(tmp_path, {name: png(i) for i, name in enumerate(names)})
    data = read(FileNames(str(tmp_path), before="+"))
    assert data.validation is not None
    assert data.validation.labels.tolist() == [0]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["cat.1.png", "cat.2.png"], "has 1 classes in the names of its pictures"),
        (["1.png"], "has no picture to train on whose name begins"),
        (["a1.png", "b1.png", "test/c1.png"], r"has classes that train has not \(c\); rename them"),
        (["Cat1.png", "cat2.png"], "classes 'Cat' and 'cat'"),
    ],
)
def test_other_folders_are_refused(names, message, shelve, tmp_path) -> None:
    shelve(tmp_path, {name: png(i) for i, name in enumerate(names)})
    with pytest.raises(DataError, match=message):
        read(FileNames(str(tmp_path)))
    with pytest.raises(DataError, match="nowhere is not a folder"):
        read(FileNames("nowhere"))
