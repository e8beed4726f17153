"""The saved states of a run."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thumblab.core.errors import RunError
from thumblab.runs import Run
from thumblab.runs.states import check_state, last_checkpoint, load_checkpoint, save_checkpoint
from thumblab.storage.checkpoint import save_arrays


def test_the_last_two_checkpoints_are_kept(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert last_checkpoint(run) is None
    for step in (5, 10, 99_999_999, 12):
        save_checkpoint(run, {"x": np.array([step])}, {"step": step})
    assert [path.name for path in run.checkpoints] == [
        "00000010.safetensors",
        "00000012.safetensors",
    ]


def test_files_of_others_among_checkpoints_are_left_alone(tmp_path: Path) -> None:
    run = Run(tmp_path)
    save_checkpoint(run, {"x": np.array([1])}, {"step": 6})
    for name in ("good", "00000006 (copy)"):
        shutil.copy(run.checkpoints[0], tmp_path / "checkpoints" / f"{name}.safetensors")
    for step in (12, 18):
        save_checkpoint(run, {"x": np.array([step])}, {"step": step})
    found = last_checkpoint(run)
    assert found is not None
    assert found[1]["step"] == 18
    assert sorted(path.stem for path in (tmp_path / "checkpoints").iterdir()) == [
        "00000006 (copy)",
        "00000012",
        "00000018",
        "good",
    ]


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in (5, 10):
        save_checkpoint(run, {"x": np.full(100, step)}, {"step": step})
    newest = run.checkpoints[-1]
    spoilt = bytearray(newest.read_bytes())
    spoilt[-4] ^= 1
    newest.write_bytes(spoilt)
    with pytest.warns(UserWarning, match=rf"{newest} is damaged; going on from step 5"):
        found = last_checkpoint(run)
    assert found is not None
    assert found[1] == {"step": 5}
    run.checkpoints[0].write_bytes(b"")
    with pytest.raises(RunError, match=r"every checkpoint in .* is damaged; delete the folder"):
        last_checkpoint(run)


def test_spared_checkpoints_stay(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in (1, 2, 3, 4):
        save_checkpoint(run, {"x": np.array([step])}, {"step": step}, spared=(1,))
    assert [int(path.stem) for path in run.checkpoints] == [1, 3, 4]
    save_checkpoint(run, {"x": np.array([5])}, {"step": 5}, spared=(4,))
    assert [int(path.stem) for path in run.checkpoints] == [4, 5]
    assert load_checkpoint(run, 4)[1] == {"step": 4}
    with pytest.raises(RunError, match=r"00000001\.safetensors is missing"):
        load_checkpoint(run, 1)


def test_a_state_of_another_step_or_odd_words_is_passed_over(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in (5, 10):
        save_checkpoint(run, {"x": np.zeros(2)}, {"step": step})
    earlier, newest = run.checkpoints
    shutil.copy(earlier, newest)
    with pytest.warns(UserWarning, match="is damaged; going on from step 5"):
        assert last_checkpoint(run) is not None
    with pytest.raises(RunError, match="it is the state of step 5"):
        load_checkpoint(run, 10)
    for said in ({"step": 10, "correct": [1]}, {"step": "10"}, {"seen": 0}):
        save_arrays(newest, {"x": np.zeros(2)}, said, name="checkpoint")
        with pytest.raises(RunError, match=r"10\.safetensors is damaged \(its (correct|step) is"):
            load_checkpoint(run, 10)


COUNTS = {"step": 10, "seen": 0, "correct": 0, "images": 0}
COUNTS |= dict.fromkeys(("loss_sum", "plain_sum", "seconds", "clock"), 0)


@pytest.mark.parametrize(
    ("arrays", "about", "reason"),
    [
        ({"slots.velocity": np.zeros(1)}, {}, r"'slots\.velocity' is float64 of shape \(1,\)"),
        ({"slots.velocity": np.zeros(0)}, {}, r"of shape \(0,\)"),
        ({"weights.0": np.zeros(7, bool)}, {}, "'weights.0' is bool"),
        ({}, {"plain_sum": ...}, "its plain_sum is missing"),
        ({}, {"clock": [0]}, "its clock is"),
    ],
)
def test_a_state_that_is_none_of_this_training_is_told(
    tmp_path: Path, arrays: dict[str, Any], about: dict[str, Any], reason: str
) -> None:
    said = {name: value for name, value in (COUNTS | about).items() if value is not ...}
    good = {"slots.velocity": np.zeros(7), "weights.0": np.zeros((2, 2))}
    check_state(Run(tmp_path), good, COUNTS, 7)
    with pytest.raises(RunError, match=reason):
        check_state(Run(tmp_path), good | arrays, said, 7)
