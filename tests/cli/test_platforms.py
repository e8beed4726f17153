"""Other systems and other ways to start Python: simulated in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, environment

TINY = ["--data", "characters", "--model", "mlp", "--subset", "60", "--batch", "30"]

WHOLE = """
import json, sys
from tests.cli import without_unix
getattr(without_unix, sys.argv[1])()
sys.argv = []
from thumblab.cli.app import main
from thumblab.runs import find_runs
from thumblab.training import steps
tiny = json.loads(sys.stdin.read())
codes = [main(command) for command in (["--help"], ["train", *tiny, "--epochs", "1"])]
run = find_runs("runs")[0]
walk = steps(run.experiment, runs="stopped")
next(walk)
next(walk)
walk.close()  # as Ctrl-C does
list(steps(run.experiment, runs="stopped", resume=True))
again = find_runs("stopped")[0]
folder = str(run.folder)
codes += [main(command) for command in (
    ["data", "characters", "-o", "sheet.png"],
    ["predict", folder, "sheet.png", "--json"],
    ["evaluate", folder],
    ["convert", folder, "out.safetensors"],
    ["runs"],
)]
same = run.result["weights_sha256"] == again.result["weights_sha256"]
print(json.dumps([codes, same]))
"""


@pytest.mark.parametrize("system", ["make_windows", "make_mac"])
def test_training_resuming_and_predicting_need_nothing_of_linux(tmp_path, system):
    told = subprocess.run(
        [sys.executable, "-c", WHOLE, system],
        input=json.dumps(TINY),
        cwd=tmp_path,
        env=environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "src")])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == [[0] * 7, True], told.stderr
    assert "bug of ours" not in told.stderr


def shell(script, folder, **more):
    return subprocess.run(
        ["bash", "-c", script.replace("PYTHON", sys.executable)],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["--help", "models"])
def test_output_to_a_closed_pipe_is_ignored(tmp_path, what):
    told = shell(f"PYTHON -m thumblab {what} | true; echo ${{PIPESTATUS[0]}}", tmp_path)
    assert (told.stdout, told.stderr) == ("0\n", "")


@pytest.mark.parametrize("what", ["--help"])
def test_output_to_a_full_device_is_told(tmp_path, what):
    told = shell(f"PYTHON -m thumblab {what} >/dev/full", tmp_path)
    assert told.returncode == 6
    assert "written (No space left on device)" in told.stderr.splitlines()[-1]


@pytest.mark.parametrize("options", ["-OO", "-I", "-W error"])
def test_python_may_be_started_in_other_ways(tmp_path, options):
    """``-OO`` strips the docstrings that help is made of."""
    code = (
        "import sys; sys.path[:0] = sys.argv.pop().split(':'); from thumblab.cli.app import main;"
    )
    usual, other = (
        shell(
            f"PYTHON {option} -c \"{code} main(['train', '--help']); main(['data'])\" {ROOT}/src",
            tmp_path,
        )
        for option in ("", options)
    )
    assert "Number of epochs." in usual.stdout
    assert (other.stdout, other.stderr) == (usual.stdout, "")


def test_a_file_of_the_users_stands_in_for_no_library(tmp_path):
    for name in ("random.py", "numpy.py", "data.py", "signal.py"):
        (tmp_path / name).write_text("raise RuntimeError('in the place of a library')")
    (tmp_path / "resnet.py").write_text(
        "from thumblab.zoo import lenet5\ndef net(classes): return lenet5(classes)"
    )
    told = shell("PYTHON -m thumblab models resnet:net", tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "trainable parameters" in told.stdout


def test_a_deleted_working_folder_is_one_clear_error(tmp_path):
    (tmp_path / "gone").mkdir()
    script = "cd gone && rmdir ../gone && PYTHON -m thumblab train --data characters --model mlp"
    told = shell(script, tmp_path)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_names_outside_of_the_locale_are_read_and_printed(tmp_path):
    (tmp_path / "Bücher").mkdir()
    told = shell(
        "PYTHON -m thumblab data Bücher",
        tmp_path,
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert told.returncode in (2, 3)
    assert "Traceback" not in told.stderr


def test_without_arguments_there_is_no_command_to_write_down(tmp_path, monkeypatch):
    from thumblab.runs.environment import environment as noted

    monkeypatch.setattr(sys, "argv", [])
    assert noted(1)["command"] == []
    monkeypatch.setattr(sys, "argv", [str(Path("bin", "thumblab")), "train"])
    assert noted(1)["command"] == ["thumblab", "train"]
