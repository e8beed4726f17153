import pytest

from thumblab.config import find_source
from thumblab.core.errors import UsageError
from thumblab.data import Cifar10, Emnist, Folder, LabelsCsv, Npz, Packed, Parquet


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.npz", Npz),
        ("A.NPZ", Npz),
        ("labels.csv", LabelsCsv),
        ("train.parquet", Parquet),
        ("pets.zip", Packed),
        ("pets.tar", Packed),
        ("pets.tar.gz", Packed),
        ("pets.tgz", Packed),
    ],
)
def test_a_file_is_known_by_how_its_name_ends(name, kind, tmp_path, monkeypatch) -> None:
    (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    for given in (name, f"./{name}", str(tmp_path / name)):
        assert find_source(given) == kind(path=given)


def test_a_folder_is_a_folder_whatever_signs_its_name_has(tmp_path, monkeypatch) -> None:
    """``./a:b`` used to be taken for a module."""
    for name in ("a:b", "c=d,e", "pets.zip"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    for given in ("./a:b", "a:b", str(tmp_path / "a:b"), "c=d,e", "pets.zip"):
        assert find_source(given) == Folder(path=given)


def test_names_come_before_files(tmp_path, monkeypatch) -> None:
    (tmp_path / "cifar10").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_source("cifar10") == Cifar10()
    assert find_source("emnist:split=byclass") == Emnist("byclass")
    with pytest.raises(UsageError, match="or the path of a folder of pictures"):
        find_source("nothing")
