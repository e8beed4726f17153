import io
import zipfile
from pathlib import Path

import pytest

from thumblab.core.errors import RunError
from thumblab.study.archive import pack, unpack


def archive(*names: str, compression: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as made:
        for name in names:
            made.writestr(name, "x" * 100)
    return content.getvalue()


def test_a_folder_comes_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a" / "checkpoints").mkdir(parents=True)
    (tmp_path / "a" / "result.json").write_text("{}")
    (tmp_path / "a" / "checkpoints" / "00000001.safetensors").write_bytes(bytes(range(256)))
    (tmp_path / "a" / ".lock").write_text("")
    unpack(pack(tmp_path / "a"), tmp_path / "b")
    found = sorted(
        path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*.*")
    )
    assert found == ["checkpoints/00000001.safetensors", "result.json"]
    assert (tmp_path / "b" / found[0]).read_bytes() == bytes(range(256))


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a/../../b", ".lock", "a//b", "C:/a", "a\\b", "a/", "/".join("a" * 13)]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="is damaged"):
        unpack(archive("good", name), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_what_is_no_archive_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is damaged"):
        unpack(b"nonsense", tmp_path)
    with pytest.raises(RunError, match="is damaged"):
        unpack(archive("a", compression=zipfile.ZIP_DEFLATED), tmp_path)
    whole = bytearray(archive("a"))
    whole[60] ^= 1
    with pytest.raises(RunError, match="is damaged"):
        unpack(bytes(whole), tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive("c", "c")
    with pytest.raises(RunError, match="is damaged"):
        unpack(twice, tmp_path)
