"""Verbs that train a little, to know more before a run."""

from dataclasses import fields

from tests.cli.conftest import SMALL
from thumblab.training.estimate import Estimate

PLAIN = ("--data", "characters", "--model", "mlp:hidden=16")


def test_a_learning_rate_is_found_and_drawn_and_no_run_is_made(cli, tmp_path):
    options = ("lr-range-test", *PLAIN, "--optimizer", "sgd", "--steps", "40")
    told = cli(*options, "--json").json
    assert (told["by"], told["plot"]) == ("steepest", "lr-range-test.html")
    assert (
        told["learning_rates"][0]
        < told["suggestion"]
        < told["diverges"]
        <= told["learning_rates"][-1]
    )
    assert len(told["learning_rates"]) == len(told["losses"]) == len(told["smoothed"])
    words = cli(*options, "-o", "here/plot.html").out
    assert f"{told['suggestion']:.2g}, where the loss falls fastest" in words
    found = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"lr-range-test.html", "plot.html"}


def test_a_runs_time_is_estimated_before_it_starts(cli, tmp_path):
    told = cli("estimate", "mlp:hidden=16", "--epochs", "3", "--seconds", "0.2", "--json")
    assert told.json.keys() == {field.name for field in fields(Estimate)} | {"seconds"}
    assert told.json["steps"] == 3 * 67
    assert "timing mlp:hidden=16 on characters" in told.err
    assert "timed 5 of 5 places in the run" in told.err
    assert not any(tmp_path.iterdir())
    words = cli("estimate", "mlp:hidden=16", "--epochs", "3", "--seconds", "0.2").out
    assert " by the steps' spread (95 %)" in words
    assert "201 steps in 3 epochs" in words


def test_an_experiment_file_is_timed_as_it_stands(cli, tmp_path):
    (tmp_path / "e.toml").write_text(
        'data = "characters"\nmodel = "mlp:hidden=16"\nsubset = 200\nepochs = 9\n'
    )
    told = cli("estimate", "e.toml", "--batch", "50", "--seconds", "0.1", "--json").json
    assert told["steps"] == 9 * 4


def test_small_models_are_timed_too(cli):
    ended = cli("estimate", SMALL[3], "--subset", "20", "--epochs", "1", "--seconds", "0", "--json")
    assert (ended.code, ended.json["steps"]) == (0, 1)
