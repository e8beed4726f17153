"""Files that a command is asked to write: through links, pipes and devices, never in their place."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from thumblab.core.errors import UsageError, WriteError
from thumblab.storage.delivery import PARTS_OF_A_RUN, check_output, deliver, replaceable

CONTENT = b"content" * 30_000
"""More than a pipe holds."""


def test_a_regular_file_is_replaced_and_its_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deeper" / "file"
    for content in (CONTENT, b"", b"again"):
        deliver(path, content)
        assert path.read_bytes() == content
        assert [each.name for each in path.parent.iterdir()] == ["file"]
    long = tmp_path / ("x" * 255)
    deliver(long, b"a name as long as names can be")
    assert long.exists()


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, other = tmp_path / "real" / "target", tmp_path / "real" / "dangling"
    target.write_bytes(b"old")
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    first.symlink_to("real/target")
    second.symlink_to(first)
    third.symlink_to(other)
    held = target.open()  # so that its number is not given to another file
    for link, end in ((second, target), (first, target), (third, other)):
        deliver(link, CONTENT)
        assert link.is_symlink()
        assert (end.read_bytes(), end.is_symlink()) == (CONTENT, False)
        target.chmod(0o600)
    with held:
        assert held.read() == "old"  # replaced whole, not written over
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(WriteError, match="a cannot be written"):
        deliver(tmp_path / "a", b"")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    for path in (pipe, tmp_path / "link"):
        reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
        reader.start()
        deliver(path, CONTENT)
        reader.join()
        assert heard.pop() == CONTENT
        assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert not replaceable(pipe)


def test_devices_are_written_to_and_stay_devices(tmp_path: Path) -> None:
    """``-o /dev/full`` as root once put a page where the device had been."""
    null = tmp_path / "null"
    null.symlink_to("/dev/null")
    for path in (null, Path("/dev/null")):
        deliver(path, CONTENT)
    with pytest.raises(
        WriteError, match=r"/dev/full cannot be written \(No space left on device\)"
    ):
        deliver(Path("/dev/full"), CONTENT)
    assert all(stat.S_ISCHR(Path(f"/dev/{name}").stat().st_mode) for name in ("null", "full"))
    assert not any(".tmp." in name for name in os.listdir("/dev"))


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_descriptors_of_the_caller_are_written_to_as_they_stand(tmp_path: Path, name: str) -> None:
    script = """
import sys
from pathlib import Path
from thumblab.storage.delivery import deliver
print("before")
deliver(Path(sys.argv[1]), b"content\\n")
print("after")
"""
    (tmp_path / "link").symlink_to("/dev/stdout")
    command = [sys.executable, "-c", script, name]
    piped = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True)
    assert piped.stdout == b"before\ncontent\nafter\n"
    log = tmp_path / "log"
    log.write_bytes(b"old\n")
    with log.open("ab") as file:  # as the shell's >> has it
        subprocess.run(command, cwd=tmp_path, stdout=file, check=True)
    assert log.read_bytes() == b"old\nbefore\ncontent\nafter\n"


def test_a_pipe_that_nobody_reads_any_more_is_told_as_such() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        with pytest.raises(BrokenPipeError):
            deliver(Path(f"/dev/fd/{writing}"), b"content")
    finally:
        os.close(writing)


@pytest.mark.parametrize("name", ["/", ".", "", "..", "folder", "link", "/dev"])
def test_folders_and_empty_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    with pytest.raises(UsageError, match="is a folder; name a file with --out"):
        check_output(Path(name), "--out")
    with pytest.raises(UsageError, match="is a folder; name a file"):
        deliver(Path(name), b"")


def test_a_place_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file/out", "file/deeper/out"):
        with pytest.raises(WriteError, match=r"out cannot be written \(.*/file is no folder"):
            check_output(tmp_path / name, "-o")
    check_output(tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", PARTS_OF_A_RUN)
def test_what_a_run_consists_of_is_not_overwritten(tmp_path: Path, name: str) -> None:
    check_output(tmp_path / name)  # an ordinary folder
    (tmp_path / "experiment.json").write_text("{}")
    with pytest.raises(UsageError, match="is part of a run, which it would destroy"):
        check_output(tmp_path / name)
    check_output(tmp_path / "report.html")
