import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.study.small import study
from thumblab.study import rebuild_index, status
from thumblab.study.index import FILE, read_index, remove_index, stamp_of, write_index
from thumblab.study.lock import folder_of


@pytest.fixture
def runs(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "runs")
    remove_index(folder_of(study(), tmp_path / "runs"))
    return tmp_path / "runs"


def test_what_was_written_is_read_and_replaced(tmp_path: Path) -> None:
    write_index(tmp_path, {"a": ((1, 2), {"status": "done"}), "b": ((3, 4), {})})
    write_index(tmp_path, {"b": ((5, 6), {"epochs": 7})})
    assert read_index(tmp_path) == {"a": ((1, 2), {"status": "done"}), "b": ((5, 6), {"epochs": 7})}
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_status_reads_a_folder_once(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = status(study(), runs)
    assert set(read_index(folder_of(study(), runs))) == {each.name for each in before}
    monkeypatch.setattr(sys.modules["thumblab.study.status"], "_status", None)
    assert status(study(), runs) == before


def test_a_result_that_has_changed_is_read_again(runs: Path) -> None:
    first = status(study(), runs)[0]
    (runs / first.name / "result.json").write_text("{")
    assert status(study(), runs)[0].status == "damaged"
    shutil.rmtree(runs / first.name)
    assert status(study(), runs)[0].status == "missing"
    assert stamp_of(runs / first.name) is None


@pytest.mark.parametrize("content", ["nonsense" * 1000, "", None])
def test_an_index_that_cannot_be_read_or_written_is_done_without(
    runs: Path, content: str | None
) -> None:
    place = folder_of(study(), runs) / FILE
    if content is None:
        place.mkdir()
    else:
        place.write_text(content)
    assert [each.status for each in status(study(), runs)] == ["done"] * 4


def test_it_is_made_anew(runs: Path, tmp_path: Path) -> None:
    assert rebuild_index(study(), tmp_path / "nowhere") == 0
    (folder_of(study(), runs) / FILE).write_text("nonsense")
    assert rebuild_index(study(), runs) == 4
    assert rebuild_index(study(), runs) == 4
