import os
import sys
import types
from pathlib import Path

import pytest

from thumblab.study import file_lock
from thumblab.study.file_lock import is_free, lock


def test_a_file_is_locked_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    assert is_free(path)
    assert lock(descriptor)
    assert not is_free(path)
    os.close(descriptor)
    assert is_free(path)
    assert not is_free(tmp_path / "b")


def test_windows_locks_a_byte_beyond_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    locking = types.SimpleNamespace(
        LK_NBLCK=2, locking=lambda fd, *what: seen.append((os.lseek(fd, 0, os.SEEK_CUR), *what))
    )
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", locking)
    descriptor = os.open(tmp_path / "a", os.O_CREAT | os.O_RDWR)
    assert lock(descriptor)
    assert seen == [(file_lock.BEYOND, 2, 1)]
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    assert not lock(descriptor)
    os.close(descriptor)
