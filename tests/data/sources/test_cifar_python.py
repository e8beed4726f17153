import io
import tarfile

import numpy as np
import pytest
from tests.data.pickled import cifar10_python, cifar100_python, python2, python3

from thumblab.core.errors import DataError
from thumblab.data import Cifar10, Cifar100, read

WRITERS = [python2, *map(python3, range(6))]


@pytest.mark.parametrize("write", WRITERS, ids=["python 2", *map(str, range(6))])
def test_the_python_version_equals_the_binary_one(write, examples, shelve, tmp_path) -> None:
    """What Keras and torchvision leave on every disk used to be refused as "0 sub-folders"."""
    ten, hundred = examples[Cifar10()], examples[Cifar100()]
    for source, binary, python, folder in (
        (Cifar10(), ten, cifar10_python(ten, write), "cifar-10-batches-py"),
        (Cifar100(), hundred, cifar100_python(hundred, write), "cifar-100-python"),
        (Cifar100("coarse"), hundred, cifar100_python(hundred, write), "cifar-100-python"),
    ):
        right = read(source, shelve(tmp_path / "binary" / folder, binary))
        found = read(source, shelve(tmp_path / "python" / folder, python).parent)
        assert found.fingerprint == right.fingerprint


def test_kerass_folders_and_archives_are_found(examples, shelve, tmp_path) -> None:
    files = cifar10_python(examples[Cifar10()])
    right = read(Cifar10(), shelve(tmp_path / "x", examples[Cifar10()])).fingerprint
    keras = tmp_path / "keras" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    shelve(keras, files)
    assert read(Cifar10(), tmp_path / "keras").fingerprint == right
    for name in ("cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"):
        (tmp_path / name).mkdir()
        with tarfile.open(tmp_path / name / name, "w:gz") as tar:
            for file, data in files.items():
                info = tarfile.TarInfo(f"cifar-10-batches-py/{file}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        assert read(Cifar10(), tmp_path / name).fingerprint == right
        assert read(Cifar10(), tmp_path / name / name).fingerprint == right


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": [1]}, "has no array of bytes called data"),
        ({"data": np.zeros((2, 9), np.uint8)}, "has images of 9 values, not 3,072"),
        ({"labels": [1]}, "has no 2 labels called labels"),
        ({"labels": [1, 300]}, "has no 2 labels called labels"),
        ({"labels": None}, "has no 2 labels called labels"),
    ],
)
def test_what_cifar_has_not_is_refused(change, message, examples, shelve, tmp_path) -> None:
    files = cifar10_python(examples[Cifar10()])
    rows = {"data": np.zeros((2, 3072), np.uint8), "labels": [0, 1]} | change
    files["data_batch_3"] = python3(2)(rows)
    with pytest.raises(DataError, match=f"data_batch_3 {message}"):
        read(Cifar10(), shelve(tmp_path, files))


@pytest.mark.parametrize("names", [[1], 5, 1.5, True, "abcdefghij", None, np.arange(10)])
def test_a_meta_file_without_names_is_refused(names, examples, shelve, tmp_path) -> None:
    files = cifar10_python(examples[Cifar10()]) | {
        "batches.meta": python3(2)({"label_names": names})
    }
    with pytest.raises(DataError, match=r"batches\.meta has no list label_names"):
        read(Cifar10(), shelve(tmp_path, files))


def test_a_gadget_is_refused_and_nothing_runs(examples, shelve, tmp_path) -> None:
    files = cifar10_python(examples[Cifar10()])
    files["test_batch"] = b"cos\nsystem\n(S'touch " + str(tmp_path / "pwned").encode() + b"'\ntR."
    with pytest.raises(
        DataError, match=r"test_batch names os\.system, so that reading it would run"
    ):
        read(Cifar10(), shelve(tmp_path, files))
    assert not (tmp_path / "pwned").exists()
