import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Cifar10, Cifar100, read
from thumblab.data.sources.cifar import class_names, fine_to_coarse, records


def test_planes_become_channels(as_cifar) -> None:
    blob = bytearray(as_cifar(np.array([[4]]), 0))
    blob[1 + 1024 + 32 + 2] = 77  # green, second row, third column
    images, labels = records([bytes(blob)], 1, "x")
    assert images.shape == (1, 32, 32, 3)
    assert images[0, 1, 2, 1] == 77
    assert labels.tolist() == [[4]]


def test_batches_follow_one_another(examples, shelve, tmp_path) -> None:
    data = read(Cifar10(), shelve(tmp_path / "cifar-10-batches-bin", examples[Cifar10()]).parent)
    assert data.train.labels.tolist() == [1, 8, 2, 7, 3, 6, 4, 5, 5, 4]
    assert data.test is not None
    assert data.test.labels.tolist() == [0, 3, 9]
    assert data.classes[9] == "class9"


def test_fine_labels_carry_groups_read_off_the_file(examples, shelve, tmp_path) -> None:
    root = shelve(tmp_path, examples[Cifar100()])
    fine, coarse = read(Cifar100(), root), read(Cifar100("coarse"), root)
    assert fine.groups == tuple(i % 20 for i in range(100))
    assert fine.group_names == coarse.classes
    assert (np.array(fine.groups)[fine.train.labels] == coarse.train.labels).all()
    assert coarse.groups is None


def test_groups_are_unknown_where_a_class_has_no_image() -> None:
    assert fine_to_coarse(np.array([[0, 0], [1, 2]]), 3, 2) is None


def test_a_fine_class_under_two_coarse_ones_is_refused() -> None:
    with pytest.raises(DataError, match="fine class 1 appears under several coarse classes"):
        fine_to_coarse(np.array([[0, 0], [0, 1], [1, 1]]), 2, 2)


def test_labels_out_of_range_are_refused(examples, shelve, as_cifar, tmp_path) -> None:
    bad = {"data_batch_2.bin": as_cifar(np.array([[10]]), 0)}
    with pytest.raises(DataError, match=r"training labels run from 1 to 10, but there are 10"):
        read(Cifar10(), shelve(tmp_path, examples[Cifar10()] | bad))
    with pytest.raises(DataError, match=r"labels reach \(20, 5\), but coarse ones end at 19"):
        fine_to_coarse(np.array([[20, 5]]), 100, 20)


def test_truncated_and_empty_files_are_refused(examples, shelve, tmp_path) -> None:
    whole = examples[Cifar10()]["test_batch.bin"]
    for blob in (whole[:-1], b""):
        shelve(tmp_path, examples[Cifar10()] | {"test_batch.bin": blob})
        with pytest.raises(DataError, match=f"{len(blob):,} bytes are not a whole number of 3073"):
            read(Cifar10(), tmp_path)


def test_a_missing_batch_is_named(examples, shelve, tmp_path) -> None:
    shelve(tmp_path, examples[Cifar10()])
    (tmp_path / "data_batch_4.bin").unlink()
    with pytest.raises(DataError, match=r"but not data_batch_4\.bin; add what is missing"):
        read(Cifar10(), tmp_path)


def test_names_are_counted() -> None:
    with pytest.raises(DataError, match="has 2 names, not 10"):
        class_names(b"a\nb\n", 10, "batches.meta.txt")


def test_unknown_labels_are_refused() -> None:
    with pytest.raises(UsageError, match=r"unknown labels of CIFAR-100 'fin'; did you mean 'fine'"):
        Cifar100("fin")


@given(st.lists(st.binary(max_size=100) | st.just(bytes(3074)), min_size=1, max_size=4))
def test_any_bytes_are_records_or_refused(blobs) -> None:
    try:
        images, labels = records(blobs, 2, "x")
    except DataError:
        assert any(len(blob) != 3074 for blob in blobs)
    else:
        assert len(images) == len(labels) == len(blobs)
