"""A run's data are found where they lay, wherever they were moved, and never others in their place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thumblab import Experiment, train
from thumblab.core.errors import DataError
from thumblab.core.value import digest, identity
from thumblab.data import Folder, read
from thumblab.evaluation.run_data import read_run_data
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.runs import Run

MODEL = Sequential(Flatten(), Dense(2))


def pictures(folder: Path, seed: int = 0) -> Path:
    random = np.random.default_rng(seed)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(10):
            pixels = random.integers(0, 255, (6, 6), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def run_on(source: Folder, folder: Path, root: Path | None = None) -> Run:
    experiment = Experiment(source, MODEL, epochs=1, batch=8)
    return list(train(experiment, root=root, runs=folder / "runs", workers=1))[-1].run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pictures(tmp_path / "pictures")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_spellings_of_one_path_are_one_run(folder: Path) -> None:
    spelled = ("pictures", "./pictures", str(folder / "pictures"), "pictures/../pictures/")
    runs = {run_on(Folder(path, side=6), folder).folder for path in spelled}
    runs.add(run_on(Folder(side=6), folder, root=Path("pictures")).folder)
    runs.add(run_on(Folder("pictures", side=6), folder, root=folder).folder)
    assert len(runs) == 1
    assert digest(Folder("a")) == digest(Folder("b"))
    assert Folder("a") != Folder("b")
    assert "path" not in identity(Folder("a"))


@pytest.mark.parametrize("given", ["relative", "root"])
def test_data_are_found_where_they_lay(
    folder: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given == "root":
        run = run_on(Folder("pictures", side=6), folder, root=Path())
    else:
        run = run_on(Folder("./pictures", side=6), folder)
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    run = Run.open(run.folder)
    assert read_run_data(run).fingerprint == run.about["fingerprint"]


def test_a_folder_that_was_moved_may_be_given_under_any_name(folder: Path) -> None:
    run = run_on(Folder("pictures", side=6), folder)
    shutil.move("pictures", "animals of 2026")
    with pytest.raises(DataError, match="is not a folder"):
        read_run_data(run)
    for root in (Path("animals of 2026"), folder / "animals of 2026"):
        assert read_run_data(run, root).fingerprint == run.about["fingerprint"]


@pytest.mark.parametrize("change", ["pixel", "label", "name", "gone", "other"])
def test_data_that_have_changed_are_refused(folder: Path, change: str) -> None:
    run = run_on(Folder("pictures", side=6), folder)
    cat = folder / "pictures" / "cat"
    if change == "pixel":
        Image.fromarray(np.eye(6, dtype=np.uint8)).save(cat / "0.png")
    elif change == "label":
        os.rename(cat / "0.png", folder / "pictures" / "dog" / "00.png")
    elif change == "name":
        os.rename(cat, folder / "pictures" / "cow")
    elif change == "gone":
        (cat / "9.png").unlink()
    else:
        shutil.rmtree("pictures")
        pictures(folder / "pictures", seed=1)
    for root in (None, folder, folder / "pictures"):
        with pytest.raises(DataError, match="trained on other data than the pictures found"):
            read_run_data(run, root)


def test_a_data_set_of_another_folder_is_not_passed_off_as_this_one(folder: Path) -> None:
    from thumblab.core.errors import UsageError
    from thumblab.training import steps

    pictures(folder / "others", seed=1)
    experiment = Experiment(Folder("pictures", side=6), MODEL, epochs=1)
    with pytest.raises(UsageError, match="read from"):
        next(steps(experiment, dataset=read(Folder("others", side=6)), runs=folder / "runs"))
    next(steps(experiment, dataset=read(Folder("./pictures", side=6)), runs=folder / "runs"))
