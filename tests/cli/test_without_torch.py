"""What PyTorch has trained is used where PyTorch is not installed: one process that cannot import it."""

import json
import subprocess
import sys

import pytest
from PIL import Image

from tests.cli.conftest import SMALL, environment
from thumblab.core.errors import MissingRuleError
from thumblab.core.layer import Layer
from thumblab.layers import Dense, Frozen, Sequential
from thumblab.training.network import check_rules

WITHOUT = """
import importlib.abc, json, sys

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
from thumblab.cli.app import main
codes = [main(arguments) for arguments in json.loads(sys.argv[1])]
print(codes, "torch" in sys.modules)
"""


@pytest.fixture
def run(cli):
    pytest.importorskip("torch")
    ended = cli("train", *SMALL, "--epochs", "1", "--engine", "torch", "--json")
    assert ended.code == 0
    return ended.json["run"]


def test_every_command_that_predicts_does_without_pytorch(cli, run, tmp_path):
    other = cli("train", *SMALL, "--epochs", "1", "--seed", "5", "--json").json["run"]
    Image.effect_noise((28, 28), 90).save(tmp_path / "picture.png")
    commands = [
        ["evaluate", run, "--data", "characters", "--json"],
        ["predict", run, "picture.png", "--json"],
        ["compare", run, other, "--json"],
        ["embed", run, "--images", "60", "--near", "0", "--json"],
        ["cross", run, "--data", "characters", "--json"],
        ["map", run, "--groups", "digit_or_letter", "--json"],
        ["report", run, "-o", "page.html"],
        ["train", *SMALL, "--epochs", "2", "--engine", "torch"],
    ]
    wanted = cli(*commands[0]).json["accuracy"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, json.dumps(commands)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    *_, codes = done.stdout.splitlines()
    assert codes == f"{[0] * 7 + [2]} False", done.stderr
    told = [line for line in done.stderr.splitlines() if "is not installed; NumPy computes" in line]
    assert told
    assert "engine 'torch' needs PyTorch; install it with pip install" in done.stderr
    found, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert found["accuracy"] == pytest.approx(wanted, abs=0.002)
    assert [f"thumblab: {words}" for words in found["warnings"]] == told[:1]


class Foreign(Layer):
    """A layer that only PyTorch can compute."""

    def out_shape(self, x):
        return x


def test_a_layer_with_a_rule_for_pytorch_alone_is_named():
    check_rules(Sequential(Dense(4), Frozen(Dense(3))), (5,))
    for model in (Sequential(Dense(4), Foreign()), Frozen(Foreign())):
        with pytest.raises(
            MissingRuleError, match=r"Foreign has a rule for PyTorch alone, which is n"
        ):
            check_rules(model, (5,))
