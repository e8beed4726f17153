import re
from pathlib import Path

import pytest

from tests.training.small import dataset, experiment
from thumblab.core.errors import RunError
from thumblab.runs import Run, find_runs
from thumblab.runs.opening import open_for_training
from thumblab.storage import files, sealed
from thumblab.storage.checkpoint import load_arrays


def edit(path: Path, **changes: object) -> None:
    sealed.write(path, sealed.read(path) | changes)


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


def test_a_newer_schema_is_refused_with_the_way_out(run: Run) -> None:
    edit(run.folder / "experiment.json", schema=4)
    with pytest.raises(
        RunError, match=r"written by a newer thumblab \(schema 4, this one reads 3\)"
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
    (run.folder / "result.json").unlink()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        assert run.metrics == lines[: whole[:cut].count(b"\n")]


def test_weights_say_what_is_needed_to_use_them(finished: Run) -> None:
    arrays, about = finished.trained()
    assert about["shape"] == [1, 28, 28]
    assert about["classes"] == list(dataset().classes)
    assert arrays["0.weight"].shape == (4, 1, 3, 3)
    assert load_arrays(finished.checkpoints[-1])[1]["step"] == 18


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "is unfinished; resume its training"),
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
        ("experiment.json", '{"schema": 1}', "describes no experiment .its key"),
        ("experiment.json", '{"schema": 1, "experiment": 3}', "describes no experiment .its key"),
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


def test_the_history_is_the_metrics_by_column(finished: Run) -> None:
    history = finished.history
    assert history["epoch"] == [1, 2, 3]
    assert history.keys() == finished.metrics[0].keys()
    for name, values in history.items():
        assert values == [line[name] for line in finished.metrics]


def test_a_folder_may_be_a_text(finished: Run) -> None:
    folder = str(finished.folder)
    assert Run(folder) == Run.open(folder) == Run(finished.folder)  # type: ignore[arg-type]
    assert find_runs(str(finished.folder.parent)) == find_runs(finished.folder.parent)


def test_a_run_shows_itself_and_its_damage(finished: Run, run: Run) -> None:
    shown = finished._repr_html_()
    assert "<td>done</td>" in shown
    assert "not evaluated" in shown
    assert str(finished.folder) in shown
    (run.folder / "experiment.json").write_text("<b>")
    assert "<th>damage</th>" in run._repr_html_()


def test_an_experiment_shows_what_is_not_the_usual(finished: Run) -> None:
    shown = finished.experiment._repr_html_()
    assert "<th>data</th>" in shown
    assert "<th>compile</th>" not in shown
    assert "<summary>model</summary><ul><li>" in shown
