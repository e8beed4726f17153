from pathlib import Path

import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data.sources.find import find, is_picture


def test_pictures_are_known_by_suffix_or_by_content(tmp_path: Path) -> None:
    """Files without a suffix, or with another one, are pictures if their first bytes say so."""
    assert is_picture(Path("a/b.JPeG"))
    assert is_picture(Path("a/b.tif"))
    assert not is_picture(Path("a/b.txt"))
    for name in ("png", "cat.bak", "cat.1"):
        Image.new("L", (2, 2)).save(tmp_path / name, "png")
        assert is_picture(tmp_path / name)


def test_find_expands_folders_and_keeps_named_files(tmp_path: Path) -> None:
    names = ("2.png", "1.jpg", "deep/0.gif", ".hidden.png", ".git/x.png", "x.txt", "n")
    for name in names:
        (tmp_path / "b" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "b" / name).touch()
    (tmp_path / "n").touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    with pytest.warns(
        UserWarning, match=r"passed over 1 link to|2 files of .*: 1 without suffix, 1 \.txt"
    ):
        found = find([tmp_path / "n", tmp_path / "b"])
    wanted = ["n", "b/1.jpg", "b/2.png", "b/deep/0.gif"]
    assert [str(path.relative_to(tmp_path)) for path in found] == wanted
    with pytest.raises(DataError, match="does not exist; name a picture or a folder"):
        find([tmp_path / "gone"])
