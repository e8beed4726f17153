"""What a tree of folders means; ``x/`` stands for two pictures in folder ``x``."""

from pathlib import PurePosixPath

import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources.layout import Layout, arrange


def laid(text: str, least: int = 2) -> Layout:
    """The layout of folders with two pictures each (``a``), or none (``a!``)."""
    folders = [PurePosixPath(word.removesuffix("!")) for word in text.split()]
    full = [folder for folder in folders if f"{folder}!" not in text.split()]
    pictures = sorted(folder / f"{i}.png" for folder in full for i in range(2))
    return arrange(pictures, folders, "DATA", least)


def counts(found: Layout) -> dict[str, dict[str, int]]:
    """How many pictures of each class each part has."""
    return {
        role: {
            name: sum(label == at for _, label in entries) for at, name in enumerate(found.classes)
        }
        for role, entries in found.parts.items()
    }


BOTH = {"cat": 2, "dog": 2}


@pytest.mark.parametrize(
    ("tree", "parts"),
    [
        ("cat dog", {"training": BOTH}),
        ("Train/cat Train/dog Test/cat", {"training": BOTH, "test": {"cat": 2, "dog": 0}}),
        ("TRAIN/cat TRAIN/dog TEST/dog", {"training": BOTH, "test": {"cat": 0, "dog": 2}}),
        (
            "training_set/cat training_set/dog test_set/cat test_set/dog",
            {"training": BOTH, "test": BOTH},
        ),
        (
            "train/cat train/dog valid/cat test/dog",
            {
                "training": BOTH,
                "validation": {"cat": 2, "dog": 0},
                "test": {"cat": 0, "dog": 2},
            },
        ),
        ("train/cat train/dog val/cat val/dog", {"training": BOTH, "validation": BOTH}),
        (
            "train/cat train/dog validation/cat",
            {"training": BOTH, "validation": {"cat": 2, "dog": 0}},
        ),
        ("train/cat train/dog", {"training": BOTH}),
        ("train bus", {"training": {"bus": 2, "train": 2}}),
        ("cat/2019 cat/2020 dog", {"training": {"cat": 4, "dog": 2}}),
    ],
)
def test_common_layouts(tree, parts) -> None:
    """Train/Test and their kin used to be trained as a two-class "train against test" classifier."""
    found = laid(tree)
    assert counts(found) == parts
    assert found.notes == ()


@pytest.mark.parametrize(
    ("tree", "parts", "note"),
    [
        (
            "pets/cat pets/dog",
            {"training": BOTH},
            "everything in DATA lies in DATA/pets, which is read",
        ),
        (
            "a/b/cat a/b/dog labels!",
            {"training": BOTH},
            "everything in DATA lies in DATA/a/b, which is read",
        ),
        (
            "seg_train/seg_train/cat seg_train/seg_train/dog seg_test/seg_test/cat seg_pred/seg_pred",
            {"training": BOTH, "test": {"cat": 2, "dog": 0}},
            "seg_pred holds 2 pictures without classes; they are not used",
        ),
        (
            "images/train/cat images/train/dog images/val/cat labels/train!",
            {"training": BOTH, "validation": {"cat": 2, "dog": 0}},
            "everything in DATA lies in DATA/images, which is read",
        ),
        (
            "train/images/cat train/images/dog val/images/dog",
            {"training": BOTH, "validation": {"cat": 0, "dog": 2}},
            "everything in DATA/train lies in DATA/train/images, which is read",
        ),
        (
            "train/cat train/dog test",
            {"training": BOTH},
            "test holds 2 pictures without classes; they are not used",
        ),
        (
            "cat/2019 cat/2020 dog/2019",
            {"training": {"cat": 4, "dog": 2}},
            "every class has the sub-folders 2019; the classes are the folders around them (cat, dog)",
        ),
        ("cat dog .", {"training": BOTH}, "2 pictures of DATA in no class: not used"),
    ],
)
def test_layouts_of_which_something_is_to_be_said(tree, parts, note) -> None:
    found = laid(tree)
    assert counts(found) == parts
    assert note in found.notes


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("train test", "has test, train, which are called as parts .* no sub-folders with classes"),
        ("Train Test bus", "has Test, Train, which are called as parts of a data set are"),
        ("train val", "called as parts of a data set"),
        ("train1 train2", "called as parts of a data set"),
        (
            "trainA trainB testA testB",
            "has testA, testB, trainA, trainB, which are called as parts",
        ),
        ("train/cat train/dog train_2/cat train_2/dog", "has two folders for the training part"),
        ("train/cat train/dog bus/cat", "has bus beside train; parts are called train, validation"),
        ("train/cat train/dog fold/cat", "has fold beside train"),
        (
            "train/cat train/dog val/cat valid/cat",
            r"has two folders for the validation part \(val and",
        ),
        (
            "fold1/cat fold1/dog fold2/cat fold2/dog",
            "has fold1, fold2 with sub-folders, as parts of",
        ),
        (
            "images_background/a images_evaluation/b",
            "has images_evaluation with sub-folders, as parts",
        ),
        (
            "train/images train/masks val/images val/masks",
            "which are no classes but kinds of files",
        ),
        (
            "cat/train cat/test dog/train dog/test",
            "has classes with test, train inside; lay it out the",
        ),
        ("test/cat test/dog", r"has a part to test on \(test\) and none to train on"),
        (
            "train/cat train/dog test/owl",
            r"DATA/test has classes that train has not \(owl\); rename",
        ),
        ("cat", "DATA has 1 sub-folders with classes; give at least 2, one a class"),
        (".", "DATA has 0 sub-folders"),
        ("cat dog owl!", r"has classes without a picture \(owl\); fill or remove them"),
        ("train/cat train/Cat", "has classes 'Cat' and 'cat', which differ in case or spaces only"),
        ("train/cat train/dog test/Cat", "classes 'Cat' and 'cat'"),
    ],
)
def test_what_has_no_one_meaning_is_refused(tree, message) -> None:
    with pytest.raises(DataError, match=message):
        laid(tree)


def test_one_class_or_a_test_part_alone_can_be_asked_for() -> None:
    assert counts(laid("cat", 1)) == {"training": {"cat": 2}}
    assert counts(laid("test/cat test/dog", 1)) == {"test": BOTH}
