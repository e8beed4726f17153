import gzip

import numpy as np
import pytest

from thumblab.data import FashionMnist, Mnist, read
from thumblab.data.sources.mnist import FIRST_LABELS


def test_files_may_be_gzipped_each_by_itself(examples, shelve, tmp_path) -> None:
    plain = read(Mnist(), shelve(tmp_path / "plain", examples[Mnist()]))
    mixed = {
        (f"{name}.gz" if "images" in name else name): (
            gzip.compress(data) if "images" in name else data
        )
        for name, data in examples[Mnist()].items()
    }
    packed = read(Mnist(), shelve(tmp_path / "packed" / "MNIST" / "raw", mixed).parents[1])
    assert packed.fingerprint == plain.fingerprint
    assert packed.classes == tuple("0123456789")
    assert packed.train.images.shape == (12, 28, 28, 1)


def test_kaggles_tables_are_the_same(examples, shelve, tmp_path) -> None:
    plain = read(Mnist(), shelve(tmp_path / "plain", examples[Mnist()]))
    assert plain.test is not None
    files = {}
    for name, part in (("train", plain.train), ("test", plain.test)):
        rows = np.concatenate([part.labels[:, None], part.images.reshape(len(part), -1)], 1)
        head = ",".join(["label", *(f"{i}x{j}" for i in range(1, 29) for j in range(1, 29))])
        body = "\n".join(",".join(map(str, row)) for row in rows.tolist())
        files[f"mnist_{name}.csv"] = f"{head}\n{body}\n".encode()
    assert read(Mnist(), shelve(tmp_path / "kaggle", files)).fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("read_as", "other"), [(Mnist(), "fashion-mnist"), (FashionMnist(), "mnist")]
)
def test_one_set_read_as_the_other_is_told(
    read_as, other, examples, shelve, as_idx, tmp_path
) -> None:
    """Both have files of the same names; digits used to be trained as clothes without a word."""
    files = dict(examples[Mnist()])
    for part, first in zip(("train", "t10k"), FIRST_LABELS[other], strict=True):
        files[f"{part}-labels-idx1-ubyte"] = as_idx(np.array(first))
        files[f"{part}-images-idx3-ubyte"] = as_idx(np.arange(10 * 784).reshape(10, 28, 28) % 251)
    with pytest.warns(UserWarning, match=f"look like the files of {other}, but are read as"):
        read(read_as, shelve(tmp_path / "x", files))
    named = {"fashion-mnist": "FashionMNIST", "mnist": "MNIST"}[other]
    with pytest.warns(UserWarning, match=f"look like the files of {other}, but are read as"):
        read(read_as, shelve(tmp_path / named / "raw", examples[Mnist()]))
