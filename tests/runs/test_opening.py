"""Opening a run folder to train in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.small import dataset, experiment
from thumblab.core.errors import RunError, UsageError
from thumblab.runs import lock
from thumblab.runs.opening import open_for_training


@pytest.mark.parametrize("damage", ["cut", "newer", "another"])
def test_a_folder_whose_experiment_is_damaged_is_told_before_training(
    tmp_path: Path, damage: str
) -> None:
    with open_for_training(tmp_path, experiment(), "f" * 64, resume=False) as run:
        path = run.folder / "experiment.json"
    text = path.read_text()
    changed = {
        "cut": text[:-40],
        "newer": text.replace('"schema": 3', '"schema": 4'),
        "another": text.replace('"epochs": ', '"epochs": 1'),
    }
    path.write_text(changed[damage])
    assert path.read_text() != text
    with (
        pytest.raises(RunError, match=r"damaged|newer thumblab"),
        open_for_training(tmp_path, experiment(), "f" * 64, resume=True),
    ):
        pass
    path.write_text(text)
    with open_for_training(tmp_path, experiment(), "f" * 64, resume=True):
        pass


def test_a_second_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.1)
    print_ready = """
import sys
from pathlib import Path
from tests.training.small import dataset, experiment
from thumblab.runs import lock
from thumblab.runs.opening import open_for_training
with open_for_training(Path(sys.argv[1]), experiment(), dataset().fingerprint, resume=False):
    print("ready", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", print_ready, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        mine = open_for_training(tmp_path, experiment(), dataset().fingerprint, resume=False)
        with (
            pytest.raises(UsageError, match="is being trained by another process; wait for it"),
            mine,
        ):
            pass
        other.kill()
    with open_for_training(tmp_path, experiment(), dataset().fingerprint, resume=False) as run:
        assert run.status == "unfinished"


def test_leftovers_of_a_kill_are_removed(tmp_path: Path) -> None:
    with open_for_training(tmp_path, experiment(), "f", resume=False) as run:
        leftover = run.folder / "checkpoints" / ".00000006.safetensors.tmp.123"
        leftover.parent.mkdir()
        leftover.write_bytes(b"half")
    with open_for_training(tmp_path, experiment(), "f", resume=False):
        assert not leftover.exists()


def test_a_file_in_the_way_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with (
        pytest.raises(UsageError, match="cannot be written"),
        open_for_training(tmp_path / "runs", experiment(), "f", resume=False),
    ):
        pass


def test_an_error_before_anything_is_saved_leaves_no_new_folder(tmp_path: Path) -> None:
    def fail() -> None:
        with open_for_training(tmp_path, experiment(), "f", resume=False):
            raise UsageError("no such group")

    with pytest.raises(UsageError, match="no such group"):
        fail()
    assert not list(tmp_path.iterdir())
    with open_for_training(tmp_path, experiment(), "f", resume=False) as run:
        (run.folder / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="no such group"):
        fail()
    assert (run.folder / "notes.txt").exists()
