"""Training by torchrun: several processes, one voice, one run folder."""

import subprocess
import sys

import pytest

from tests.cli.conftest import SMALL, Ended, environment

pytest.importorskip("torch")


def torchrun(*arguments, folder):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    done = subprocess.run(
        [*command, "-m", "thumblab", *arguments],
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
    told = [{k: v for k, v in each.json.items() if k != "warnings"} for each in (first, again)]
    assert (again.code, told[1]) == (0, told[0])
    assert again.err.count("is done already") == 1
