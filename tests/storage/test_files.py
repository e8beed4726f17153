import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core.errors import RunError, UsageError, WriteError
from thumblab.storage import files

POINTS = ["thing.half", "thing.written", "thing.renamed"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_write_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "thing.json"
    for content in (b"first", b"second, and longer", b""):
        files.write(path, content)
        assert path.read_bytes() == content
    assert names(path.parent) == ["thing.json"]


@pytest.mark.parametrize("point", POINTS)
def test_a_full_disk_is_named_and_leaves_one_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    path = tmp_path / "thing.bin"
    files.write(path, b"old")
    monkeypatch.setenv("THUMBLAB_FAULT", f"{point}:full")
    with pytest.raises(WriteError, match=rf"{path} .*No space left on device"):
        files.write(path, b"new content", name="thing")
    assert path.read_bytes() == (b"new content" if point == "thing.renamed" else b"old")
    assert names(tmp_path) == ["thing.bin"]


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path, point: str) -> None:
    path = tmp_path / "thing.bin"
    files.write(path, b"old")
    script = f"""
import os, sys
from pathlib import Path
from thumblab.storage import files
os.environ["THUMBLAB_FAULT"] = "{point}:exit"
files.write(Path(sys.argv[1]), b"new content", name="thing")
"""
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert ended.returncode == 137
    assert path.read_bytes() == (b"new content" if point == "thing.renamed" else b"old")
    files.clean(tmp_path)
    assert names(tmp_path) == ["thing.bin"]


def test_a_folder_in_the_way_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for act, error in (
        (lambda path: files.write(path, b"x"), WriteError),
        (lambda path: files.append(path, "x"), WriteError),
        (lambda path: files.check_space(path, 0), UsageError),
    ):
        with pytest.raises(error, match=r"cannot be written"):
            act(tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_dangling_link_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "runs").symlink_to(tmp_path / "gone" / "far")
    with pytest.raises(
        UsageError, match=f"{tmp_path}/runs cannot be written .* another folder for runs"
    ):
        files.check_space(tmp_path / "runs", 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir(0o555)
    with pytest.raises(UsageError, match=f"{tmp_path}/runs/one cannot be written .Permission den"):
        files.check_space(tmp_path / "runs" / "one", 0)


def test_a_disk_that_is_full_is_no_mistake_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WriteError, match="No space left on device"):
        files.check_space(tmp_path, 0)


def test_too_little_space_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"MB free but this run needs 1000000000000 MB; "):
        files.check_space(tmp_path, 10**18)
    files.check_space(tmp_path, 1)
    assert names(tmp_path) == []


def test_lines_are_added(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    assert files.whole_lines(path) == []
    for i in range(3):
        files.append(path, f'{{"i": {i}}}')
    assert files.whole_lines(path) == [{"i": 0}, {"i": 1}, {"i": 2}]


def test_a_torn_last_line_is_left_out_at_every_cut_and_never_spoils_the_next(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lines.jsonl"
    whole = b'{"a": 1}\n{"b": "\xc3\xa9"}\n'
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = files.whole_lines(path)
        assert kept == [{"a": 1}, {"b": "é"}][: whole[:cut].count(b"\n")]
        files.append(path, '{"c": 2}')
        assert files.whole_lines(path) == [*kept, {"c": 2}]


def test_a_damaged_line_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"a": 1}\n{"b\n{"c": 1}\n')
    with pytest.raises(RunError, match=r"lines\.jsonl is damaged .*restore it or train again"):
        files.whole_lines(path)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_bytes(content)
        for read in (files.read_json, files.whole_lines):
            try:
                read(path)
            except RunError:
                continue


def test_json_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    files.write_json(path, {"b": [1, 2.5], "a": None})
    assert files.read_json(path) == {"b": [1, 2.5], "a": None}
    assert path.read_text().index('"a"') < path.read_text().index('"b"')


def test_a_missing_or_damaged_json_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"cannot be read \(No such file.*is this a run folder\?"):
        files.read_json(tmp_path / "gone.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(RunError, match=r"bad\.json is damaged .*restore it or train again"):
        files.read_json(tmp_path / "bad.json")


def test_a_real_size_limit_is_no_different(tmp_path: Path) -> None:
    """RLIMIT_FSIZE gives EFBIG in the middle of a write, as a quota would."""
    path = tmp_path / "thing.bin"
    files.write(path, b"old")
    script = """
import resource, signal, sys
from pathlib import Path
from thumblab.core.errors import WriteError
from thumblab.storage import files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    files.write(Path(sys.argv[1]), b"x" * 100_000)
except WriteError as error:
    sys.exit(str(error))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["thing.bin"]
