import os
from pathlib import Path

import pytest

from thumblab.core.errors import DataError
from thumblab.data import Cifar10, Folder, read
from thumblab.data.os_errors import os_errors
from thumblab.data.pictures.picture import decode
from thumblab.data.sources.find import find

TOO_LONG = Path("a" * 300)


def test_what_the_system_says_is_said() -> None:
    with (
        pytest.raises(
            DataError, match=r"here/x cannot be read \(Permission denied\); check its na"
        ),
        os_errors(Path("here")),
    ):
        raise PermissionError(13, "Permission denied", "here/x")
    with (
        pytest.raises(DataError, match=r"^here cannot be read \(No space left on device\)"),
        os_errors(Path("here")),
    ):
        raise OSError(28, "No space left on device")


def test_a_name_that_is_too_long_is_told_wherever_it_is_given() -> None:
    for read_it in (
        lambda: read(Cifar10(), TOO_LONG),
        lambda: read(Folder(), TOO_LONG),
        lambda: find([TOO_LONG]),
        lambda: decode(TOO_LONG, (1, 8, 8)),
    ):
        with pytest.raises(DataError, match=r"aaa cannot be read .File name too long.; check its"):
            read_it()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_rights_is_told_wherever_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0)
    for read_it in (
        lambda: read(Cifar10(), tmp_path / "mine"),
        lambda: read(Folder(), tmp_path / "mine" / "deeper"),
        lambda: find([tmp_path / "mine" / "x.png"]),
    ):
        with pytest.raises(DataError, match=r"cannot be read .Permission denied."):
            read_it()
