"""Room for the files of a run, and for those of a rehearsal."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.training.small import dataset, experiment
from thumblab.core.errors import WriteError
from thumblab.data import Characters
from thumblab.experiment import Experiment
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.optim import SGD, Adam
from thumblab.runs import room
from thumblab.runs.room import temporary_place
from thumblab.runs.states import state_bytes
from thumblab.training.dry_run import dry_run


def test_a_state_has_weights_and_what_the_optimizer_keeps() -> None:
    model = Sequential(Flatten(), Dense(47))  # 47 * 784 + 47 = 36,895 weights
    plain = Experiment(Characters(), model, optimizer=SGD())
    assert state_bytes(plain, (1, 28, 28)) == 2 * 4 * 36_895
    double = Experiment(Characters(), model, optimizer=Adam(), precision="float64")
    assert state_bytes(double, (1, 28, 28)) == 3 * 8 * 36_895


def test_a_small_temporary_folder_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """lr-range-test and estimate wanted room for a whole run, and there only."""
    small, current, memory = (tmp_path / name for name in ("small", "current", "memory"))
    free = {small: 10, current: 1_000, memory: 100_000}
    for folder in free:
        folder.mkdir()
    monkeypatch.chdir(current)
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    monkeypatch.setattr(room, "MEMORY", memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=free[Path(place)]))
    assert [temporary_place(needed) for needed in (5, 500, 5_000)] == [small, current, memory]
    with pytest.raises(WriteError, match=r"needs 1 MB, but .*small has 0 MB free, .*in TMPDIR"):
        temporary_place(1_000_000)
    free[current] = 10**9
    with dry_run(experiment(), dataset(), workers=1) as trainer:
        assert trainer.run.folder.parent == current
    assert not any(current.iterdir())


def test_a_temporary_folder_that_is_not_there_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert temporary_place(1) == tmp_path
