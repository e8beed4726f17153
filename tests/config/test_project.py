from pathlib import Path

import pytest

from thumblab.config.project import read_project
from thumblab.core.errors import UsageError

VERBS = {"train": {"workers": False, "plan": True, "epochs": False}, "runs": {"json": False}}


def test_folders_and_paths_count_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "thumblab.toml"
    path.write_text('runs = "all"\ndata = "/data"\n[train]\nworkers = 2\nplan = "plan.json"\n')
    found = read_project(path, VERBS)
    assert found.folders == {"runs": tmp_path / "all", "data": Path("/data")}
    assert found.options == {"train": {"workers": 2, "plan": str(tmp_path / "plan.json")}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nrusn = 1", r"thumblab.toml:2: rusn: unknown key 'rusn'; did you mean 'runs'"),
        ("runs = 1", "thumblab.toml:1: runs: 1 is no folder; give its path as a text"),
        ("[train]\nworker = 1", "thumblab.toml:2: train.worker: unknown option of train 'worker'"),
        ("[train]\nepochs = 1", "toml:2: train.epochs: is a setting of the experiment; write it"),
        ("train = 1", r"toml:1: train: 1 is no table; write \[train\] and its options below"),
        ("runs", "is no TOML"),
    ],
)
def test_what_cannot_be_set_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "thumblab.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=told):
        read_project(path, VERBS)
