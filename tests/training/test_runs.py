import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment
from thumblab.core.errors import RunError, UsageError
from thumblab.training import Run, files, find_runs, lock
from thumblab.training.checkpoint import load_arrays
from thumblab.training.runs import (
    checkpoints,
    last_checkpoint,
    load_checkpoint,
    open_for_training,
    save_checkpoint,
    save_predictions,
)


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_finished_run_has_all_its_files(finished: Run) -> None:
    names = {path.name for path in finished.folder.iterdir() if path.name[0] != "."}
    assert names - {"features"} == {  # a cache, which whoever asks for features leaves behind
        "experiment.json",
        "environment.json",
        "metrics.jsonl",
        "checkpoints",
        "weights.safetensors",
        "predictions.npz",
        "result.json",
    }
    assert finished.status == "done"
    assert finished.folder.name == finished.about["key"][:12]
    assert finished.about["key"] == experiment().key(dataset().fingerprint)
    assert Run.open(finished.folder).experiment == experiment()
    assert [line["epoch"] for line in finished.metrics] == [1, 2, 3]
    assert finished.evaluations == []
    assert finished.test_accuracy is None


def test_predictions_are_those_of_validation_and_test(finished: Run) -> None:
    found = finished.predictions
    assert {name: array.shape for name, array in found.items()} == {
        "validation_logits": (47, 47),
        "validation_labels": (47,),
        "test_logits": (47, 47),
        "test_labels": (47,),
    }
    np.testing.assert_array_equal(found["test_labels"], dataset().test.labels)  # type: ignore[union-attr]


def test_a_newer_schema_is_refused_with_the_way_out(run: Run) -> None:
    edit(run.folder / "experiment.json", schema=2)
    with pytest.raises(
        RunError, match=r"written by a newer thumblab \(schema 2, this one reads 1\)"
    ):
        Run.open(run.folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"schema": "x"}', "[" * 100_000, '"\\ud800"']
)
def test_a_damaged_experiment_is_one_clear_error(run: Run, content: str) -> None:
    (run.folder / "experiment.json").write_text(content)
    with pytest.raises(RunError, match=r"experiment\.json"):
        Run.open(run.folder)


def test_a_folder_that_holds_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is this a run folder"):
        Run.open(tmp_path)


def test_another_value_is_no_experiment(run: Run) -> None:
    edit(run.folder / "experiment.json", experiment={"type": "ReLU"})
    with pytest.raises(RunError, match="holds no experiment"):
        _ = Run.open(run.folder).experiment


def test_metrics_cut_at_every_byte_are_a_prefix(run: Run) -> None:
    path = run.folder / "metrics.jsonl"
    whole, lines = path.read_bytes(), run.metrics
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        assert run.metrics == lines[: whole[:cut].count(b"\n")]


def test_damaged_predictions_are_one_clear_error(run: Run) -> None:
    path = run.folder / "predictions.npz"
    whole, good = path.read_bytes(), run.predictions
    for content in (b"", whole[:-30], b"cos\nsystem\n(S'true'\ntR."):
        path.write_bytes(content)
        with pytest.raises(RunError, match=r"missing or damaged .*train with --resume"):
            _ = Run(run.folder).predictions
    for bit in np.random.default_rng(0).integers(0, 8 * len(whole), 40):
        spoilt = bytearray(whole)
        spoilt[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoilt)
        try:
            found = Run(run.folder).predictions
        except RunError:
            continue
        for name, array in good.items():  # a bit of the archive's own that means nothing
            np.testing.assert_array_equal(found[name], array)


def test_pickled_predictions_are_never_loaded(run: Run) -> None:
    np.savez(run.folder / "predictions.npz", test_logits=np.array([object()], object))
    with pytest.raises(RunError, match="missing or damaged"):
        _ = run.predictions


@pytest.mark.parametrize("damage", ["cut", "newer", "another"])
def test_a_folder_whose_experiment_is_damaged_is_told_before_training(
    tmp_path: Path, damage: str
) -> None:
    with open_for_training(tmp_path, experiment(), "f" * 64, resume=False) as run:
        path = run.folder / "experiment.json"
    text = path.read_text()
    changed = {
        "cut": text[:-40],
        "newer": text.replace('"schema": 1', '"schema": 2'),
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


def test_the_last_two_checkpoints_are_kept(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert last_checkpoint(run) is None
    for step in (5, 10, 99_999_999, 12):
        save_checkpoint(run, {"x": np.array([step])}, {"step": step})
    assert [path.name for path in checkpoints(run)] == [
        "00000010.safetensors",
        "00000012.safetensors",
    ]


def test_files_of_others_among_checkpoints_are_left_alone(tmp_path: Path) -> None:
    run = Run(tmp_path)
    save_checkpoint(run, {"x": np.array([1])}, {"step": 6})
    for name in ("good", "00000006 (copy)"):
        shutil.copy(checkpoints(run)[0], tmp_path / "checkpoints" / f"{name}.safetensors")
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
    newest = checkpoints(run)[-1]
    spoilt = bytearray(newest.read_bytes())
    spoilt[-4] ^= 1
    newest.write_bytes(spoilt)
    with pytest.warns(UserWarning, match=rf"{newest} is damaged; going on from step 5"):
        found = last_checkpoint(run)
    assert found is not None
    assert found[1] == {"step": 5}
    checkpoints(run)[0].write_bytes(b"")
    with pytest.raises(RunError, match=r"every checkpoint in .* is damaged; delete the folder"):
        last_checkpoint(run)


def test_weights_say_what_is_needed_to_use_them(finished: Run) -> None:
    arrays, about = finished.trained()
    assert about["shape"] == [1, 28, 28]
    assert about["classes"] == list(dataset().classes)
    assert arrays["0.weight"].shape == (4, 1, 3, 3)
    assert load_arrays(checkpoints(finished)[-1])[1]["step"] == 18


def test_a_second_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.1)
    print_ready = """
import sys
from pathlib import Path
from tests.training.small import dataset, experiment
from thumblab.training.runs import open_for_training
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


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "is unfinished; train on with --resume"),
        ({"status": "diverged"}, "has diverged and has no trained weights; train with a lower"),
    ],
)
def test_a_run_without_an_end_has_neither_weights_nor_predictions(
    tmp_path: Path, result: dict[str, str] | None, message: str
) -> None:
    if result is not None:
        files.write_json(tmp_path / "result.json", result)
    for read in (lambda: Run(tmp_path).predictions, Run(tmp_path).trained):
        with pytest.raises(RunError, match=message):
            read()


def test_runs_are_found_oldest_first(tmp_path: Path) -> None:
    folders = []
    for seed in (1, 2):
        with open_for_training(tmp_path, experiment(seed=seed), "f", resume=False) as run:
            folders.append(run.folder)
    (tmp_path / "not a run").mkdir()
    (folders[0] / "evaluations.jsonl").write_text("")  # the folder is younger now
    assert [run.folder for run in find_runs(tmp_path)] == folders
    assert find_runs(tmp_path / "gone") == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("experiment.json", "{", "experiment.json is damaged"),
        ("experiment.json", '{"schema": 1}', "is damaged .KeyError"),
        ("experiment.json", '{"schema": 1, "experiment": 3}', "is damaged .TypeError"),
        ("experiment.json", '{"schema": 9}', "written by a newer thumblab"),
        ("metrics.jsonl", "{\n", "metrics.jsonl is damaged"),
        ("result.json", "[", "result.json is damaged"),
        ("evaluations.jsonl", "nonsense\n", "evaluations.jsonl is damaged"),
    ],
)
def test_a_damaged_run_says_why_and_hides_no_other(
    run: Run, name: str, content: str, reason: str
) -> None:
    assert run.damage is None
    with open_for_training(run.folder.parent, experiment(seed=9), "f", resume=False) as other:
        (run.folder / name).write_text(content)
    found = {each.folder: each.damage for each in find_runs(run.folder.parent)}
    assert found.keys() == {run.folder, other.folder}
    assert found[other.folder] is None
    assert re.search(reason, str(found[run.folder]))


def test_spared_checkpoints_stay(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in (1, 2, 3, 4):
        save_checkpoint(run, {"x": np.array([step])}, {"step": step}, spared=(1,))
    assert [int(path.stem) for path in checkpoints(run)] == [1, 3, 4]
    save_checkpoint(run, {"x": np.array([5])}, {"step": 5}, spared=(4,))
    assert [int(path.stem) for path in checkpoints(run)] == [4, 5]
    assert load_checkpoint(run, 4)[1] == {"step": 4}
    with pytest.raises(RunError, match=r"00000001\.safetensors is missing"):
        load_checkpoint(run, 1)


def test_predictions_come_back(tmp_path: Path) -> None:
    save_predictions(Run(tmp_path), {"test_logits": np.eye(3)})
    files.write_json(tmp_path / "result.json", {"status": "done"})
    found = Run(tmp_path).predictions
    assert list(found) == ["test_logits"]
    np.testing.assert_array_equal(found["test_logits"], np.eye(3))
