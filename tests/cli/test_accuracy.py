"""``benchmarks/accuracy.py`` on a recipe of seconds."""

import importlib
import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from thumblab import zoo
from thumblab.data import Flip, Raw, Rescale, Shift
from thumblab.losses import CrossEntropy
from thumblab.optim import Adam

RECIPE = """
data = "characters"
model = "stacked_cnn:widths=4-8,dense=0"
subset = 200
epochs = 1
train_on = "all"
tta = "shifts"
"""


@pytest.fixture(scope="module")
def accuracy():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("accuracy")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(RECIPE)
    return tmp_path


def read_characters():
    from thumblab.data import Characters
    from thumblab.data import read as read_data

    return read_data(Characters(), None)


def read(path):
    return json.loads(path.read_text())


def test_a_recipe_is_repeated_over_seeds_and_looked_at_once(accuracy, folder, capsys):
    command = ["tiny.toml", "--seeds", "2", "--results", "results"]
    assert accuracy.main(command) == 0
    found = json.loads(capsys.readouterr().out)
    seeds = [read(folder / "results" / "tiny" / f"seed-{seed}.json") for seed in range(2)]
    assert read(folder / "results" / "tiny" / "summary.json") == found
    assert (found["recipe"], found["seeds"], found["diverged"]) == ("tiny", [0, 1], 0)
    assert (found["train_on"], found["tta"]["type"]) == ("all", "Shifts")
    for key in accuracy.MEASURES:
        assert found[key]["mean"] == pytest.approx(sum(each[key] for each in seeds) / 2)
        assert (found[key]["n"], found[key]["low"] <= found[key]["mean"]) == (2, True)
    assert [each["test_evaluation"] for each in seeds] == [1, 2]
    assert "changed_after_test" not in found
    assert all(each["load"] and "command" not in each["environment"] for each in seeds)
    assert all(each["seconds"] <= each["tta_seconds"] for each in seeds)
    assert str(folder) not in (folder / "results" / "tiny" / "seed-0.json").read_text()

    assert accuracy.main(command) == 0
    assert json.loads(capsys.readouterr().out) == found
    assert [read(folder / "results" / "tiny" / f"seed-{i}.json") for i in range(2)] == seeds


def test_a_recipe_that_changed_after_its_test_says_so_for_good(accuracy, folder, capsys):
    command = ["tiny.toml", "--seeds", "1", "--results", "results"]
    assert accuracy.main(command) == 0
    first = read(folder / "results" / "tiny" / "seed-0.json")
    (folder / "tiny.toml").write_text(RECIPE.replace("4-8", "4-6"))
    capsys.readouterr()
    wanted = [{"earlier": first["key"][:12], "seed": 0, "test_accuracy": first["test_accuracy"]}]
    for _ in range(2):
        assert accuracy.main(command) == 0
        told = capsys.readouterr()
        assert json.loads(told.out)["changed_after_test"] == wanted
        assert f"was known ({first['key'][:12]})" in told.err
    assert read(folder / "results" / "tiny" / "seed-0.json")["test_evaluation"] == 2


def test_a_stopped_recipe_goes_on_where_it_was(accuracy, folder, capsys, monkeypatch):
    from thumblab.core.errors import WriteError

    command = ["tiny.toml", "--seeds", "1", "--results", "results"]
    monkeypatch.setenv("THUMBLAB_FAULT", "weights.written:full")
    with pytest.raises(WriteError):
        accuracy.main(command)
    monkeypatch.delenv("THUMBLAB_FAULT")
    assert accuracy.main(command) == 0
    told = capsys.readouterr()
    assert "done before" in told.err
    assert json.loads(told.out)["test_accuracy"]["sd"] is None  # a single seed claims nothing


def test_a_seed_that_diverges_is_counted(accuracy, folder, capsys):
    (folder / "wild.toml").write_text(RECIPE + 'optimizer = "sgd:lr=1e30"\nbatch = 10\n')
    assert accuracy.main(["wild.toml", "--seeds", "1", "--results", "results"]) == 5
    found = json.loads(capsys.readouterr().out)
    assert (found["seeds"], found["diverged"]) == ([0], 1)
    assert "test_accuracy" not in found
    assert read(folder / "results" / "wild" / "seed-0.json")["status"] == "diverged"


def test_the_interval_is_students(accuracy):
    found = accuracy.spread([0.90, 0.91, 0.92])
    assert found["mean"] == pytest.approx(0.91)
    assert found["sd"] == pytest.approx(0.01)
    assert found["high"] - found["mean"] == pytest.approx(4.302653 * 0.01 / 3**0.5)


def test_a_recipe_is_called_by_its_place(accuracy, folder, capsys):
    assert accuracy.name_of(accuracy.recipe_file("r2/cnn")) == "r2/cnn"
    assert accuracy.name_of(accuracy.recipe_file("tiny.toml")) == "tiny"
    assert accuracy.main(["tiny.toml", "--seeds", "1", "--results", "results"]) == 0
    assert "trained on: all; TTA: Shifts" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["1", "2", "3", "2_published", "3_published"])
def test_the_networks_of_the_pytorch_study_are_trained_as_it_trained(accuracy, name):
    from thumblab.cli.options import find_plan
    from thumblab.data import MeanStd

    path = accuracy.recipe_file(f"r3/model-{name.replace('_', '-')}")
    found = find_plan(path, None).experiment(read_characters())
    assert found.model == getattr(zoo, f"r3_model_{name}")(47)
    assert found.optimizer == Adam(learning_rate=0.001, weight_decay=1e-6)
    assert (found.epochs, found.batch, found.validation) == (100, 64, 0)
    assert found.normalize == MeanStd()


def test_an_unknown_recipe_is_told(accuracy, folder):
    from thumblab.core.errors import UsageError

    with pytest.raises(UsageError, match="unknown recipe 'none'; known: alexnet-cifar100, "):
        accuracy.main(["none"])


@pytest.mark.parametrize("number", range(1, 18))
def test_the_experiments_of_the_keras_study_are_trained_as_they_were(number):
    from thumblab.cli.options import find_plan

    found = find_plan(Path(f"recipe:r1/experiment-{number:02}"), None).experiment(read_characters())
    assert found.model == zoo.r1_experiment(47, number)
    assert found.normalize == (Raw() if number == 1 else Rescale())
    assert found.optimizer == Adam(learning_rate=0.001, eps=1e-7)
    assert (found.epochs, found.batch, found.validation) == (300, 512, 0)
    assert found.augment == ((Flip(), Shift(0.1, "edge")) if number > 15 else ())
    assert (found.restore_best, found.loss, found.tta) == (None, CrossEntropy(), None)
