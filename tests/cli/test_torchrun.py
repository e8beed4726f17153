"""Training by torchrun: several processes, one voice, one run folder."""

import subprocess
import sys

import pytest

from tests.cli.conftest import SMALL, Ended, environment

pytest.importorskip("torch")


OWN = """
import os

from thumblab.layers import Dense, Flatten, Sequential

if os.environ["TORCHELASTIC_RESTART_COUNT"] == "0" and os.environ["RANK"] == "0":
    os.environ["THUMBLAB_FAULT"] = "checkpoint.renamed:exit"


def net(classes):
    return Sequential(Flatten(), Dense(classes))
"""


def torchrun(*arguments, folder, options=()):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    done = subprocess.run(
        [*command, *options, "-m", "thumblab", *arguments],
        cwd=folder,
        env=environment(OMP_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.timeout(600)
def test_two_processes_speak_as_one(tmp_path):
    train = ("train", *SMALL, "--engine", "torch", "--epochs", "2", "--json")
    first = torchrun(*train, folder=tmp_path)
    assert first.code == 0, first.err
    assert first.json["status"] == "done"
    assert first.err.count("epoch 2/2") == 1
    assert len(list((tmp_path / "runs").iterdir())) == 1
    again = torchrun(*train, folder=tmp_path)
    assert (again.code, again.json) == (0, first.json)
    assert again.err.count("is done already") == 1


@pytest.mark.timeout(600)
def test_a_training_that_torchrun_begins_anew_goes_on(tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    train = ("train", "--data", "characters", "--subset", "200", "--model", "own:net")
    more = ("--engine", "torch", "--epochs", "3", "--json")
    ended = torchrun(*train, *more, folder=tmp_path, options=["--max_restarts=1"])
    assert ended.code == 0, ended.err
    assert ended.json["status"] == "done"
    assert "done before" in ended.err
    assert "epoch 3/3" in ended.err
