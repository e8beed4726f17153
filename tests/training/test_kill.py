"""SIGKILL at random moments; ``benchmarks/kill.py`` is the same with as many runs as wanted."""

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kill.py"


@pytest.fixture(scope="module")
def kill() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["kill"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_killed_and_resumed_runs_end_bit_identical(kill: ModuleType, tmp_path: Path) -> None:
    wanted, seconds = kill.whole_run(tmp_path / "whole", seed=0, epochs=4)
    kills = 0
    for number in range(3):
        draw = random.Random()  # other moments every time; the message says which
        trial = kill.killed_run(tmp_path / f"run{number}", 0, 4, seconds, draw)
        assert trial.found == wanted, f"killed after {trial.moments} of {seconds} s"
        kills += trial.kills
    assert kills > 0


def test_so_do_those_that_pytorch_trains(kill: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    wanted, seconds = kill.whole_run(tmp_path / "whole", 0, 3, "torch")
    kills = 0
    for number in range(3):
        told = {"kills": 1, "engine": "torch"}
        trial = kill.killed_run(tmp_path / f"{number}", 0, 3, seconds, random.Random(), **told)
        assert trial.found == wanted, f"killed after {trial.moments} of {seconds} s"
        kills += trial.kills
        if kills:
            break
    assert kills > 0
