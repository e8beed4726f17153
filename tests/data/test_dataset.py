from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.training.small import dataset

from thumblab.core.errors import DataError
from thumblab.data import Dataset, Split


def part(n: int = 4, shape: tuple[int, ...] = (8, 6, 3), classes: int = 2) -> Split:
    kind = np.uint8 if len(shape) == 3 else np.float32
    return Split(np.ones((n, *shape), kind), np.arange(n) % classes)


def test_shape_is_channels_first() -> None:
    assert Dataset("x", part(), None, ("a", "b")).shape == (3, 8, 6)
    assert Dataset("x", part(shape=(5,)), None, ("a", "b")).shape == (5,)


def test_take_copies_rows_in_the_given_order() -> None:
    whole = Split(np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1), np.array([5, 6, 7]))
    some = whole.take(np.array([2, 0]))
    assert some.labels.tolist() == [7, 5]
    assert some.images.ravel().tolist() == [2, 0]
    assert len(whole.take(np.array([], np.int64))) == 0


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (
            np.zeros((2, 4, 4), np.uint8),
            np.zeros(2, np.int64),
            r"samples are uint8 of shape \(2, 4",
        ),
        (np.zeros((2, 4, 4, 2), np.uint8), np.zeros(2, np.int64), "1 or 3"),
        (np.zeros((2, 4, 4, 1), np.float32), np.zeros(2, np.int64), "samples are float32"),
        (np.zeros((2, 4)), np.zeros(2, np.int64), "samples are float64"),
        (np.zeros((2, 0), np.float32), np.zeros(2, np.int64), "samples are float32"),
        (np.zeros((2, 4), np.float32), np.zeros(3, np.int64), r"shape \(3,\); give int64 \(2,\)"),
        (np.zeros((2, 4), np.float32), np.zeros(2, np.int32), "labels are int32"),
        (np.full((2, 4), np.nan, np.float32), np.zeros(2, np.int64), "hold NaN or infinity"),
    ],
)
def test_arrays_of_another_kind_are_refused(images, labels, message) -> None:
    with pytest.raises(DataError, match=message):
        Split(images, labels)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"classes": ("a",)},
            "x: training labels run from 0 to 1, but there are 1 classes, so 0 t",
        ),
        ({"classes": ("a", "a")}, "x: class names must be distinct"),
        ({"classes": ()}, "x: class names must be distinct"),
        ({"test": part(shape=(6, 8, 3))}, r"test samples have shape \(3, 6, 8\) and training"),
        ({"test": part(classes=3)}, "x: test labels run from 0 to 2"),
        ({"train": part(0)}, "x: the training part is empty"),
        ({"groups": (0,), "group_names": ("g",)}, "each of 2 classes an index into 1 group names"),
        ({"groups": (0, 1), "group_names": ("g",)}, r"but are \(0, 1\)"),
        ({"train": Split(part().images, np.array([0, 1, -1, 0]))}, "run from -1 to 1"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, message) -> None:
    with pytest.raises(DataError, match=message):
        Dataset(**({"name": "x", "train": part(), "test": None, "classes": ("a", "b")} | change))


def test_fingerprint_sees_every_part_of_the_data() -> None:
    base: dict[str, Any] = {"name": "x", "train": part(), "test": None, "classes": ("a", "b")}
    pixel = part().images.copy()
    pixel[3, 7, 5, 2] = 0
    changes: list[dict[str, Any]] = [
        {},
        {"train": Split(pixel, part().labels)},
        {"train": Split(part().images, 1 - part().labels)},
        {"train": part(shape=(6, 8, 3))},
        {"test": part()},
        {"train": part(8)},
        {"classes": ("b", "a")},
        {"groups": (0, 0), "group_names": ("g",)},
    ]
    assert len({Dataset(**(base | change)).fingerprint for change in changes}) == len(changes)
    assert Dataset(**base).fingerprint == Dataset(**(base | {"name": "y"})).fingerprint


def test_a_test_set_has_a_fingerprint_of_its_own() -> None:
    few = dataset()
    assert few.test is not None
    copied = few.test.take(np.arange(len(few.test)))
    assert replace(few, train=few.test, test=copied).test_fingerprint == few.test_fingerprint
    labels = few.test.labels.copy()
    labels[0] = (labels[0] + 1) % len(few.classes)
    assert (
        replace(few, test=replace(few.test, labels=labels)).test_fingerprint != few.test_fingerprint
    )
    assert replace(few, test=None).test_fingerprint is None
