import numpy as np
import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources.label_values import to_labels


def test_numbers_from_0_on_are_classes() -> None:
    found, names = to_labels([np.array([2, 0, 1, 1]), [1]])
    assert [part.tolist() for part in found] == [[2, 0, 1, 1], [1]]
    assert names == ("0", "1", "2")
    assert found[0].dtype == np.int64


def test_other_numbers_are_told_and_become_names() -> None:
    with pytest.warns(UserWarning, match="take the 2 values 3, 7, which become classes"):
        found, names = to_labels([[7, 3, 7], [3]])
    assert ([part.tolist() for part in found], names) == ([[1, 0, 1], [0]], ("3", "7"))


def test_names_are_sorted_or_looked_up() -> None:
    found, names = to_labels([["dog", "cat"], ["cat"]])
    assert ([part.tolist() for part in found], names) == ([[1, 0], [0]], ("cat", "dog"))
    found, names = to_labels([["dog"]], ("owl", "dog"))
    assert (found[0].tolist(), names) == ([1], ("owl", "dog"))


def test_columns_floats_and_one_hot_rows() -> None:
    assert to_labels([np.array([[1], [0]])])[0][0].tolist() == [1, 0]
    assert to_labels([np.array([1.0, 0.0])])[0][0].tolist() == [1, 0]
    with pytest.warns(UserWarning, match=r"\(2, 3\) are read as one-hot rows"):
        assert to_labels([np.eye(3)[[2, 0]]], "abc")[0][0].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("parts", "classes", "message"),
    [
        ([[0, 1], [2]], None, "labels hold 2, which no training label is"),
        ([["a"], ["b"]], None, "labels hold b"),
        ([[0, 3]], "abc", "labels run from 0 to 3, but there are 3 classes"),
        ([[0.5]], None, "give whole numbers or names"),
        ([["a"], [0]], None, "names in one part and numbers in another"),
        ([np.full((2, 3), 0.3)], None, "their rows are not one-hot"),
        ([np.zeros((2, 2, 2), int)], None, r"labels have shape \(2, 2, 2\)"),
    ],
)
def test_labels_that_are_none_are_refused(parts, classes, message) -> None:
    with pytest.raises(DataError, match=message):
        to_labels(parts, classes)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([0.0, 1.0, np.inf], "run from 0.0 to inf; give whole numbers below"),
        ([0.0, -np.inf], "run from -inf to 0.0"),
        ([0.0, 1e300], r"run from 0.0 to 1e\+300"),
        (np.array([0, 2**64 - 1], np.uint64), "run from 0 to 18446744073709551615"),
        (np.array([b"cat", b"\xff"]), r"hold b'\\xff', which is not UTF-8; save them as text"),
    ],
)
def test_labels_that_no_number_holds_are_refused(labels, said) -> None:
    with pytest.raises(DataError, match=said):
        to_labels([labels])


def test_names_of_classes_may_be_bytes() -> None:
    found, names = to_labels([np.array([b"dog", b"cat"])], [b"cat", np.bytes_("dog")])  # type: ignore[list-item]
    assert (found[0].tolist(), names) == ([1, 0], ("cat", "dog"))
