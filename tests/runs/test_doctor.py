"""Damage of every kind is one clear error for whoever reads the run, and found by the doctor."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import fingerprints, trained
from thumblab.core.errors import RunError
from thumblab.runs import Run
from thumblab.runs.doctor import examine, run_folders
from thumblab.storage import checkpoint, files, sealed


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_type(path: Path) -> None:
    path.write_text("[3]\n")


def renamed_keys(path: Path) -> None:
    text = path.read_text()
    path.write_text(
        text.replace('"epoch', '"epoche').replace('"status', '"state').replace('"key', '"keys')
    )


def resealed(path: Path) -> None:
    """By somebody who knows the seal: other values of the right type."""
    if path.suffix == ".jsonl":
        path.write_bytes(sealed.text([{"epoch": 7}]))
    else:
        about = sealed.read(path) | {"status": "well", "key": 3, "workers": "many"}
        sealed.write(path, about)


TEXTS = ("experiment.json", "metrics.jsonl", "result.json")
BINARIES = ("weights.safetensors", "predictions.npz")
TEXT_DAMAGES = (flip, cut, into_folder, other_type, renamed_keys, resealed)
CASES = [
    *(
        (name, damage)
        for name in TEXTS
        for damage in (flip, cut, into_folder, other_type, renamed_keys, resealed)
    ),
    *(
        (name, damage)
        for name in BINARIES
        for damage in (flip, cut, empty, into_folder, other_type)
    ),
]


def read_everything(run: Run) -> None:
    """What the verbs ask of a run."""
    for read in (
        lambda: run.experiment,
        lambda: run.metrics,
        lambda: run.status,
        lambda: run.test_accuracy,
        lambda: run.predictions,
        run.trained,
    ):
        read()


@pytest.mark.parametrize(
    ("name", "damage"), CASES, ids=lambda each: getattr(each, "__name__", each)
)
def test_damage_is_one_clear_error_and_is_found(
    run: Run, name: str, damage: Callable[[Path], None]
) -> None:
    damage(run.folder / name)
    fresh = Run(run.folder)
    with pytest.raises(RunError, match=r"damaged|edited|cannot be read|describes no|not the one"):
        read_everything(fresh)
    findings = list(examine(run.folder))
    assert name in [finding.file for finding in findings]
    assert all(finding.problem and finding.remedy for finding in findings)


def test_a_whole_run_has_nothing_wrong(finished: Run) -> None:
    assert list(examine(finished.folder)) == []


def test_a_damaged_checkpoint_leftovers_and_a_lost_experiment_are_found(run: Run) -> None:
    flip(run.checkpoints[-1])
    (run.folder / ".result.json.tmp.12").write_text("")
    found = {finding.file: finding for finding in examine(run.folder)}
    assert set(found) == {f"checkpoints/{run.checkpoints[-1].name}", ".result.json.tmp.12"}
    assert (
        "goes on from step 12, which is whole"
        in found[f"checkpoints/{run.checkpoints[-1].name}"].remedy
    )
    (run.folder / "experiment.json").unlink()
    (lost,) = examine(run.folder)
    assert lost.remedy.startswith("its trained weights are whole: save them with thumblab convert")
    assert run_folders(run.folder.parent) == run_folders(run.folder) == [run.folder]


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("damage", [flip, Path.unlink])
@pytest.mark.parametrize("states", [True, False])
def test_training_with_resume_writes_lost_answers_again(
    run: Run, finished: Run, name: str, damage: Callable[[Path], None], states: bool
) -> None:
    """What the error advises."""
    damage(run.folder / name)
    if not states:
        shutil.rmtree(run.folder / "checkpoints")
    with pytest.raises(RunError, match=r"resume the training|train again"):
        read_everything(Run(run.folder))
    again = trained(run.folder.parent, resume=True)
    assert fingerprints(again) == fingerprints(finished)
    read_everything(Run(run.folder))


def test_an_answer_of_another_run_is_not_taken_for_its_own(run: Run) -> None:
    path = run.folder / "weights.safetensors"
    arrays, about = checkpoint.load_arrays(path)
    arrays["6.bias"] = arrays["6.bias"] + np.float32(1)
    checkpoint.save_arrays(path, arrays, about, name="weights")
    with pytest.raises(RunError, match="not the one that the run has written"):
        Run(run.folder).trained()


@pytest.mark.parametrize("line", ['{"data": "own"}', "[1]", "3", '{"accuracy": "high", "data": 3}'])
def test_odd_lines_of_evaluations_are_told(run: Run, line: str) -> None:
    (run.folder / "evaluations.jsonl").write_text(line + "\n")
    assert Run(run.folder).damage is not None
    assert [finding.file for finding in examine(run.folder)] == ["evaluations.jsonl"]


def test_another_file_of_the_run_is_not_taken_for_its_environment(run: Run) -> None:
    shutil.copy(run.folder / "result.json", run.folder / "environment.json")
    with pytest.raises(RunError, match="its command is missing"):
        _ = Run(run.folder).environment
    assert [finding.file for finding in examine(run.folder)] == ["environment.json"]


def test_an_edited_seed_is_noticed(run: Run) -> None:
    path = run.folder / "experiment.json"
    about = json.loads(path.read_text())
    about["experiment"]["seed"] += 1
    path.write_text(json.dumps(about))
    with pytest.raises(RunError, match="was edited"):
        Run.open(run.folder)
    del about["sha256"]
    sealed.write(path, about)  # by somebody who knows the seal
    with pytest.raises(RunError, match="its key names another experiment"):
        _ = Run.open(run.folder).experiment


def test_one_bit_of_the_metrics_stops_a_resumed_run(tmp_path: Path) -> None:
    """It went on with other weights: what is kept, and when it stops, is chosen by these lines."""
    from tests.training.test_loop import stop_after

    run = stop_after(13, tmp_path).run
    path = run.folder / "metrics.jsonl"
    content = path.read_bytes()
    for bit in range(0, 8 * len(content), 397):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(RunError, match=r"metrics\.jsonl"):
            trained(tmp_path, resume=True)


def test_the_seal_of_files_is_not_left_out(run: Run) -> None:
    for name in TEXTS:
        path = run.folder / name
        before = path.read_bytes()
        unsealed: Any = [
            {key: each for key, each in json.loads(line).items() if key != "sha256"}
            for line in (before.splitlines() if name.endswith("l") else [before])
        ]
        files.write(path, "\n".join(map(json.dumps, unsealed)).encode() + b"\n")
        with pytest.raises(RunError, match="was edited"):
            read_everything(Run(run.folder))
        path.write_bytes(before)
