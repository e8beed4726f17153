import os
from pathlib import Path

import pytest

from thumblab.core.errors import UsageError
from thumblab.study import shared_disk
from thumblab.study.shared_disk import check_shared


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_disk, "_known", set())


def test_a_local_folder_can_be_shared(tmp_path: Path) -> None:
    check_shared(tmp_path / "runs")
    assert not list((tmp_path / "runs").iterdir())
    assert shared_disk._known == {tmp_path.stat().st_dev}


@pytest.mark.parametrize("broken", ["os.O_EXCL", "rename"])
def test_a_file_system_that_lets_two_win_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "rename":  # one that puts a folder into the place of another
        text = shared_disk._RACE.replace("os.rename(", "__import__('shutil').move(")
    else:
        text = shared_disk._RACE.replace("| os.O_EXCL", "")
    monkeypatch.setattr(shared_disk, "_RACE", text)
    with pytest.raises(UsageError, match=r"cannot share: .* in shards, .*, and merge them"):
        check_shared(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is no folder that workers can share"):
        check_shared(tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]
