"""``--resume`` where there is nothing to resume."""

import json
from pathlib import Path

import pytest

TINY = ("--data", "characters", "--model", "mlp:hidden=8", "--subset", "60", "--batch", "30")


@pytest.fixture
def begun(cli):
    return cli("train", *TINY, "--epochs", "1", "--json").json["run"]


def told(ended):
    (line,) = [line for line in ended.lines if "nothing to resume" in line]
    return line


def test_a_run_that_is_not_there_is_told_with_the_nearest_and_its_settings(cli, begun):
    """It trained from the start without a word."""
    cli("train", *TINY, "--epochs", "1", "--seed", "3", "--optimizer", "adam")
    ended = cli("train", *TINY, "--epochs", "2", "--resume", "--json")
    assert ended.code == 0
    line = told(ended)
    assert line.startswith(
        "thumblab: there is nothing to resume, and training begins at the start:"
    )
    assert f"the nearest run, {begun}, differs in epochs (1, not 2). For more epochs" in line
    assert f"--init-from pretrained:path={begun}" in line
    assert line.removeprefix("thumblab: ") in json.loads(ended.out)["warnings"]
    line = told(cli("train", *TINY, "--schedule", "cosine:max_lr=0.2", "--epochs", "1", "--resume"))
    assert (
        f"{begun}, differs in schedule (one_cycle:max_lr=0.05, not cosine:max_lr=0.2), learning_rate (0.05,"
        in line
    )
    line = told(cli("train", *TINY, "--seed", "9", "--epochs", "1", "--resume"))
    assert "differs in seed (" in line
    assert "--init-from" not in line


def test_without_a_run_of_the_model_that_is_said(cli, begun):
    other = ("--data", "characters", "--model", "mlp:hidden=9", "--subset", "60", "--epochs", "1")
    assert "no run of this model is in runs" in told(cli("train", *other, "--resume"))
    assert "no run of this model is in none" in told(
        cli("train", *TINY, "--epochs", "1", "--runs", "none", "--resume")
    )


def test_the_advice_for_more_epochs_works(cli, begun):
    line = told(cli("train", *TINY, "--epochs", "2", "--resume"))
    start = line.partition("--init-from ")[2].partition(": its")[0]
    ended = cli("train", *TINY, "--epochs", "1", "--init-from", start)
    assert ended.code == 0, ended.err


def test_what_can_be_resumed_is_resumed_without_a_word(cli, begun):
    Path(begun, "result.json").unlink()
    ended = cli("train", *TINY, "--epochs", "1", "--resume")
    assert (ended.code, "nothing to resume" in ended.err) == (0, False)


def test_a_damaged_run_is_no_nearest_one(cli, begun):
    Path(begun, "experiment.json").write_text("{")
    assert "no run of this model" in told(cli("train", *TINY, "--epochs", "2", "--resume"))


def test_other_contents_of_the_data_are_told(cli, tmp_path):
    import numpy as np
    from PIL import Image

    for name in ("a", "b"):
        Path("pictures", name).mkdir(parents=True)
        for number in range(6):
            noise = np.random.default_rng(ord(name) + number).integers(0, 256, (8, 8), np.uint8)
            Image.fromarray(noise).save(Path("pictures", name, f"{number}.png"))
    mine = ("--data", "./pictures", "--model", "mlp", "--epochs", "1", "--batch", "4")
    assert cli("train", *mine).code == 0
    Path("pictures", "a", "0.png").unlink()
    assert "has these settings, but its data had other contents" in told(
        cli("train", *mine, "--resume")
    )
