import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import thumblab
from thumblab.cli.app import main

ROOT = Path(__file__).parents[2]
SMALL = ("--data", "characters", "--model", "stacked_cnn:widths=4-8,dense=0", "--subset", "200")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON value on standard output, without its list of warnings if that is empty."""
        value = json.loads(self.out)
        if isinstance(value, dict) and not value["warnings"]:
            del value["warnings"]
        return value

    @property
    def lines(self):
        """Lines on standard error."""
        return self.err.splitlines()


@pytest.fixture
def cli(tmp_path, monkeypatch, capfd):
    """Runs a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("THUMBLAB_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(*arguments):
        capfd.readouterr()
        code = main(list(map(str, arguments)))
        told = capfd.readouterr()
        return Ended(code, told.out, told.err)

    return run


def environment(**more):
    paths = [str(Path(thumblab.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **more}


def start(*arguments, folder, **more):
    """Starts a command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "thumblab", *map(str, arguments)],
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process):
    """Waits for a process."""
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out, err)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder of a small run that is done."""
    folder = tmp_path_factory.mktemp("trained")
    assert main(["train", *SMALL, "--epochs", "1", "--runs", str(folder)]) == 0
    (run,) = folder.iterdir()
    return run
