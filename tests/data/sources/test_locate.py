import gzip
import tarfile
import zipfile
from pathlib import Path

import pytest

from thumblab.core.errors import DataError
from thumblab.data import Cifar10, Emnist, Mnist, read
from thumblab.data.distribution import Distribution
from thumblab.data.sources.locate import cache, gather

SET = Distribution("toy", folders=("toy-bin", "deep/er"), archive="toy.tar.gz")


@pytest.mark.parametrize("folder", ["", "toy-bin", "deep/er"])
def test_files_are_found_in_the_folder_and_in_known_ones(folder, tmp_path) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / "a").write_bytes(b"1")
    assert gather(SET, tmp_path, ["a"]) == {"a": b"1"}


def packed_cifar(root: Path, files: dict[str, bytes], shelve) -> Path:
    shelve(root / "cifar-10-batches-bin", files)
    with tarfile.open(root / "cifar-10-binary.tar.gz", "w:gz") as tar:
        tar.add(root / "cifar-10-batches-bin", "cifar-10-batches-bin")
    return root / "cifar-10-binary.tar.gz"


def test_the_official_tar_is_read_from_its_folder_and_by_itself(examples, shelve, tmp_path) -> None:
    archive = packed_cifar(tmp_path / "a", examples[Cifar10()], shelve)
    plain = read(Cifar10(), tmp_path / "a").fingerprint
    (tmp_path / "b").mkdir()
    moved = archive.rename(tmp_path / "b" / archive.name)
    assert read(Cifar10(), moved.parent).fingerprint == plain
    assert read(Cifar10(), moved.rename(tmp_path / "renamed")).fingerprint == plain


def test_the_official_zip_is_read(examples, shelve, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "gzip.zip", "w") as archive:
        for name, data in examples[Emnist()].items():
            archive.writestr(f"gzip/{name}", data)
    assert len(read(Emnist(), tmp_path).train) == 10
    with pytest.raises(DataError, match=r"emnist is not in .*gzip\.zip is there"):
        read(Emnist("digits"), tmp_path)


def test_the_environment_names_a_folder(examples, shelve, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("THUMBLAB_DATA", str(shelve(tmp_path, examples[Mnist()])))
    assert len(read(Mnist()).train) == 12
    with pytest.raises(DataError, match="does not exist; give a folder"):
        read(Mnist(), tmp_path / "nowhere")


def test_the_download_cache_comes_last(examples, shelve, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("THUMBLAB_DATA", str(tmp_path / "empty"))
    target = cache(Distribution("mnist"))
    assert target.is_relative_to(tmp_path)
    shelve(target, examples[Mnist()])
    assert len(read(Mnist()).train) == 12


def test_what_is_nowhere_is_said_with_both_remedies(tmp_path) -> None:
    with pytest.raises(
        DataError,
        match=r"mnist is not in the download cache: neither train-images-idx3-ubyte is there or in "
        r"a known sub-folder \(MNIST/raw, mnist\); download it, or give "
        r"the folder that holds it",
    ):
        read(Mnist())
    with pytest.raises(
        DataError, match=r"neither a nor toy\.tar\.gz is there .*; give the folder that holds it"
    ):
        gather(SET, tmp_path, ["a"])


def test_files_from_two_places_are_not_mixed(tmp_path) -> None:
    for folder, name in (("toy-bin", "a"), ("", "b")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_bytes(b"1")
    with pytest.raises(DataError, match="toy-bin has a but not b, c; add what is missing"):
        gather(SET, tmp_path, ["a", "b", "c"])


def test_a_file_too_long_is_not_read(tmp_path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(DataError, match="has 2,147,483,648 bytes; at most 1,073,741,824 are read"):
        gather(SET, tmp_path, ["a"])


@pytest.mark.parametrize(
    "spelled",
    [
        "train-images.idx3-ubyte",
        "TRAIN-IMAGES-IDX3-UBYTE",
        "train-images-idx3-ubyte/train-images-idx3-ubyte",
        "train_images_idx3_ubyte.gz",
        "Train-Images.idx3-ubyte.GZ",
    ],
)
def test_files_are_found_under_their_other_names(spelled, tmp_path, shelve) -> None:
    packed = gzip.compress(b"x") if spelled.lower().endswith("gz") else b"x"
    shelve(tmp_path, {spelled: packed, "toy-bin/unrelated": b""})
    assert gather(SET, tmp_path, ["train-images-idx3-ubyte"]) == {"train-images-idx3-ubyte": b"x"}


def test_files_deeper_down_are_found_and_told(tmp_path, shelve) -> None:
    shelve(tmp_path, {"archive/x/a": b"1", "archive/x/b.gz": gzip.compress(b"2")})
    with pytest.warns(UserWarning, match="toy is read from .*archive/x$"):
        assert gather(SET, tmp_path, ["a", "b"]) == {"a": b"1", "b": b"2"}
    shelve(tmp_path, {"other/a": b"1", "other/b": b"3"})
    with pytest.raises(DataError, match=r"toy is in several places \(.*; name one"):
        gather(SET, tmp_path, ["a", "b"])
    shelve(tmp_path, {"toy/a": b"5", "toy/b": b"6"})
    with pytest.warns(UserWarning, match="toy is read from .*/toy$"):
        assert gather(SET, tmp_path, ["a", "b"]) == {"a": b"5", "b": b"6"}


def test_files_in_any_folder_of_an_archive_are_found(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("mnist/raw/A.idx", b"1")
        archive.writestr("../a.idx", b"outside")
    assert gather(SET, tmp_path / "x.zip", ["a-idx"]) == {"a-idx": b"1"}
    with zipfile.ZipFile(tmp_path / "x.zip", "a") as archive:
        archive.writestr("other/a.idx", b"2")
    with pytest.raises(DataError, match="holds a-idx in several folders; unpack it, and name one"):
        gather(SET, tmp_path / "x.zip", ["a-idx"])
