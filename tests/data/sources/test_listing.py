import os
from pathlib import Path, PurePosixPath

import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources.listing import is_leftover, list_folder

PNG = b"\x89PNG\r\n\x1a\n"


def names(paths: tuple[PurePosixPath, ...]) -> list[str]:
    return [str(path) for path in paths]


def test_pictures_are_known_by_their_content(tmp_path, shelve) -> None:
    shelve(
        tmp_path, {"a/x": PNG, "a/y.dat": b"GIF89a", "a/z.JPG": b"?", "a/n.txt": b"", "b/m": b""}
    )
    found = list_folder(tmp_path)
    assert names(found.pictures) == ["a/x", "a/y.dat", "a/z.JPG"]
    assert found.suffixes() == {".txt": 1, "": 1}
    assert names(found.folders) == ["a", "b"]
    assert found.opened(found.pictures[0]) == tmp_path / "a" / "x"


def test_leftovers_of_unpacking_are_passed_over(tmp_path, shelve) -> None:
    """``__MACOSX`` used to become a class."""
    left = ("__MACOSX/a/._x.png", "@eaDir/x.png", ".ipynb_checkpoints/x.png", "a/._x.png")
    more = ("a/Thumbs.db", "a/desktop.ini", "a/.DS_Store", "a/@eaDir/x.png")
    shelve(tmp_path, dict.fromkeys((*left, *more), PNG) | {"a/x.png": PNG})
    found = list_folder(tmp_path)
    assert (names(found.pictures), found.others) == (["a/x.png"], ())
    assert found.notes == ("passed over @eaDir, __MACOSX, left behind by unpacking",)
    assert not is_leftover(PurePosixPath("macosx/a.png"))


def test_links_out_of_the_folder_are_followed_and_others_told(tmp_path, shelve) -> None:
    """Links to folders inside a class used to be passed over without a word."""
    shelve(tmp_path, {"base/a/x.png": PNG, "base/b/y.png": PNG, "far/in/z.png": PNG, "w.png": PNG})
    base = tmp_path / "base"
    (base / "a" / "far").symlink_to(tmp_path / "far")
    (base / "a" / "w.png").symlink_to(tmp_path / "w.png")
    (base / "a" / "b").symlink_to(base / "b")
    (base / "ring").symlink_to(base)
    (base / "gone.png").symlink_to(base / "nowhere")
    (base / "itself.png").symlink_to(base / "itself.png")
    (tmp_path / "far" / "again").symlink_to(tmp_path / "far")
    found = list_folder(base)
    assert names(found.pictures) == ["a/far/in/z.png", "a/w.png", "a/x.png", "b/y.png"]
    assert found.notes == (
        "passed over 3 links to folders that are read anyway (a/b, a/far/again, ring)",
        "passed over 2 links to nowhere (gone.png, itself.png)",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_rights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0)
    with pytest.raises(DataError, match="cannot be read"):
        list_folder(tmp_path)
