"""One trainer a run folder: against other processes, this one, and folders that are made anew."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thumblab.core.errors import UsageError
from thumblab.runs import lock
from thumblab.runs.lock import locked

fcntl: Any = pytest.importorskip("fcntl")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.1)


def failing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)


def test_another_process_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from thumblab.runs.lock import locked
with locked(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(tmp_path / "run")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(UsageError, match="by another process; wait for it"):
            locked(tmp_path / "run").__enter__()
        other.kill()
    with locked(tmp_path / "run"):
        pass


def test_this_process_is_told_that_it_is_itself(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with locked(tmp_path / "run"):
        for name in ("run", "link", "link/../run"):
            with pytest.raises(UsageError, match="by this process already; close the generator"):
                locked(tmp_path / name).__enter__()
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path / "run"):
        pass


def test_a_folder_that_went_while_its_lock_was_waited_for_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first holder fails and removes the folder; a second had the old lock file open already.

    Where it locks that one and a third makes the folder anew, both hold "the" lock.
    """
    folder, real = tmp_path / "run", lock._lock
    taken: list[int] = []

    def meanwhile(descriptor: int, where: Path) -> bool:
        if not taken:
            shutil.rmtree(folder)
            folder.mkdir()
        taken.append(descriptor)
        return real(descriptor, where)

    monkeypatch.setattr(lock, "_lock", meanwhile)
    with locked(folder):
        assert len(taken) == 2
        with (folder / ".lock").open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(
                file, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # it is the folder's file that is locked


def test_a_folder_that_goes_before_its_lock_is_opened_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, real, calls = tmp_path / "run", os.open, []

    def opened(path: Any, *arguments: Any, **named: Any) -> int:
        if Path(path).name == ".lock":
            calls.append(path)
            if len(calls) < 3:
                shutil.rmtree(folder)
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", opened)
    with locked(folder):
        assert (folder / ".lock").exists()


def test_of_many_threads_one_at_a_time_has_a_folder_that_comes_and_goes(tmp_path: Path) -> None:
    folder, inside, worst, done = tmp_path / "run", [], [], []

    def work() -> None:
        for _ in range(15):
            try:
                with locked(folder):
                    inside.append(1)
                    worst.append(len(inside))
                    inside.pop()
                    shutil.rmtree(folder, ignore_errors=True)  # the last thing that its holder does
                    done.append(1)
            except UsageError:
                continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(worst) == 1
    assert done


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EAGAIN])
def test_held_is_what_the_system_calls_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    failing(monkeypatch, number)
    with pytest.raises(UsageError, match="by another process"):
        locked(tmp_path / "run").__enter__()


@pytest.mark.parametrize(
    "number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK, errno.EBADF, errno.EIO]
)
def test_a_file_system_without_locks_is_told_and_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """All of them were taken for a lock that another process holds."""
    failing(monkeypatch, number)
    held = locked(tmp_path / "run")
    with pytest.warns(UserWarning, match="cannot be locked .*; see to it that no other process"):
        held.__enter__()
    with pytest.raises(UsageError, match="by this process already"):
        locked(tmp_path / "run").__enter__()
    held.__exit__(None, None, None)


def windows(monkeypatch: pytest.MonkeyPatch, locking: Callable[..., None] | None) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    fake: Any = types.ModuleType("msvcrt")
    fake.LK_NBLCK, fake.locking = 2, locking
    monkeypatch.setitem(sys.modules, "msvcrt", fake if locking else None)


def test_windows_locks_in_its_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    windows(monkeypatch, lambda *arguments: asked.append(arguments[1:]))
    with locked(tmp_path / "run"):
        assert asked == [(2, 1)]

    def held(descriptor: int, mode: int, size: int) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    windows(monkeypatch, held)
    with pytest.raises(UsageError, match="by another process"):
        locked(tmp_path / "run").__enter__()
    windows(monkeypatch, None)
    with pytest.warns(UserWarning, match="this system has no locks"), locked(tmp_path / "run"):
        pass


def test_a_forked_child_leaves_the_lock_to_its_parent(tmp_path: Path) -> None:
    held = locked(tmp_path / "run")
    held.__enter__()
    child = os.fork()
    if not child:  # what it inherits ends with it
        held.__exit__(None, None, None)
        os._exit(0)
    os.waitpid(child, 0)
    with (tmp_path / "run" / ".lock").open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    held.__exit__(None, None, None)


def test_a_lock_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "run" / ".lock").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"\.lock cannot be written .*another folder for runs"):
        locked(tmp_path / "run").__enter__()
