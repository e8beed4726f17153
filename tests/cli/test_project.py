import os
from pathlib import Path

from tests.cli.conftest import SMALL
from thumblab.cli.project import find_project


def test_a_project_file_names_folders_and_defaults_and_options_win(cli, monkeypatch):
    Path(".git").mkdir()
    Path("thumblab.toml").write_text('runs = "all"\ndata = "sets"\n[train]\nname = "mine"\n')
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    train = ("train", *SMALL, "--epochs", "1", "--json")
    run = Path(cli(*train).json["run"])
    assert run.parent == Path("../all")
    assert cli("runs", "--json").json[0]["name"] == "mine"
    assert cli("report", "mine", "--json").json["run"] == str(run)
    assert cli(*train, "--runs", "own", "--name", "other").json["run"].startswith("own")
    assert "../sets" in cli("data", "cifar10").err
    assert "THUMBLAB_DATA" not in os.environ
    assert "settings of ../thumblab.toml" in cli("runs", "-v").err


def test_a_wrong_project_file_is_told_with_file_line_and_key_but_help_is_there(cli):
    Path("thumblab.toml").write_text("[train]\nworkres = 1\n")
    ended = cli("runs")
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert ended.err.startswith(
        "thumblab: thumblab.toml:2: train.workres: unknown option of train 'workres'; did you mean"
    )
    assert cli("--help").code == cli("train", "--help").code == 0
    Path("thumblab.toml").write_text('[train]\nworkers = "many"\n')
    assert "thumblab.toml" in cli("train", *SMALL).err


def test_it_is_looked_for_up_to_a_repository_or_the_home_folder_only(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home" / "a").mkdir(parents=True)
    (tmp_path / "thumblab.toml").touch()
    assert find_project(tmp_path / "home" / "a") is None
    (tmp_path / "home" / "thumblab.toml").touch()
    assert find_project(tmp_path / "home" / "a") == tmp_path / "home" / "thumblab.toml"
    (tmp_path / "home" / "a" / ".git").mkdir()
    assert find_project(tmp_path / "home" / "a") is None
