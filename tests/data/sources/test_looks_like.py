import gzip

import pytest

from thumblab.core.errors import DataError
from thumblab.data import Folder, read


@pytest.mark.parametrize(
    ("files", "hint"),
    [
        (
            ["MNIST/raw/train-images-idx3-ubyte"],
            "it holds the files of mnist: name that data set, and this",
        ),
        (["FashionMNIST/raw/t10k-labels-idx1-ubyte.gz"], "the files of fashion_mnist"),
        (
            ["EMNIST/raw/emnist-byclass-train-images-idx3-ubyte"],
            "the files of emnist:split=byclass",
        ),
        (["emnist-letters-train.csv", "emnist-letters-test.csv"], "of emnist:split=letters"),
        (["cifar-10-batches-py/data_batch_1"], "the files of cifar10"),
        (["cifar-100-python.tar.gz"], "the files of cifar100"),
        (["archive.zip"], "it holds archive.zip: name that file"),
        (["data/train-00000-of-00001.parquet"], "it holds Parquet files: name parquet:path="),
    ],
)
def test_files_of_another_kind_are_named_with_their_way(files, hint, shelve, tmp_path) -> None:
    """``thumblab data FOLDER`` used to answer "0 sub-folders" and nothing else."""
    shelve(tmp_path, dict.fromkeys(files, gzip.compress(b"x")))
    with pytest.raises(DataError, match=f"give at least 2, one a class; .*{hint}"):
        read(Folder(), tmp_path)


def test_classes_in_a_table_or_in_file_names(shelve, tmp_path) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    names = shelve(tmp_path / "a", dict.fromkeys(["cat.0.jpg", "cat.1.jpg", "dog_1.png"], png))
    with pytest.raises(DataError, match=f"begin with their classes, name file_names:path={names}"):
        read(Folder(), names)
    table = shelve(tmp_path / "b", {"train.csv": b"id,label", "train/x.png": png})
    with pytest.raises(
        DataError, match=r"if train\.csv lists their classes, name labels_csv:path="
    ):
        read(Folder(), table)
