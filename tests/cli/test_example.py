import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import ROOT, finished, start

GUIDE = ROOT / "docs" / "extending.md"
MODEL = "own_layer:leaky_cnn:widths=4-8,slope=0.2"


@pytest.fixture
def example(tmp_path):
    shutil.copy(ROOT / "examples" / "own_layer.py", tmp_path)
    return tmp_path


def test_a_layer_of_ones_own_trains_and_predicts(example):
    options = ("--subset", "300", "--epochs", "1", "--json")
    ended = finished(
        start("train", "--data", "characters", "--model", MODEL, *options, folder=example)
    )
    assert ended.code == 0, ended.err
    run = ended.json["run"]
    (listed,) = finished(start("runs", "--json", folder=example)).json
    assert listed["model"] == MODEL
    seen = finished(start("evaluate", run, "--data", "characters", "--json", folder=example))
    assert seen.json["images"] == 1880
    elsewhere = example / "elsewhere"
    elsewhere.mkdir()
    (example / "own_layer.py").unlink()
    there = ("evaluate", example / run, "--data", "characters", "--json")
    assert finished(start(*there, folder=elsewhere)).json["accuracy"] == seen.json["accuracy"]


def test_a_downloaded_run_executes_no_code_until_it_is_trusted(cli, example, tmp_path, monkeypatch):
    options = ("--subset", "100", "--epochs", "1", "--json")
    trained = ("train", "--data", "characters", "--model", MODEL, *options)
    run = example / finished(start(*trained, folder=example)).json["run"]
    code = run / "source" / "own_layer.py"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "stranger"))
    monkeypatch.delitem(sys.modules, "own_layer", raising=False)
    for verb in ("evaluate", "predict", "report", "compare", "embed", "map", "cross"):
        more = {
            "predict": [code],
            "report": ["-o", tmp_path / "page.html"],
            "cross": ["--data", "characters"],
        }
        refused = cli(verb, run, *more.get(verb, []))
        assert (refused.code, refused.out) == (2, ""), (verb, refused.err)
        assert f"would execute: {code} (" in refused.err
        assert "--trust" in refused.err
    assert not [name for name in sys.modules if name.startswith("own_layer")]
    assert [each["status"] for each in cli("runs", run.parent, "--json").json] == ["done"]
    assert cli("evaluate", run, "--trust").code == 0
    assert finished(start("evaluate", run, folder=tmp_path)).code == 0  # it is remembered


def test_the_layer_is_shown(cli, example):
    told = cli("models", MODEL, "--input", "1x28x28", "--classes", "47", "--json").json
    assert "LeakyReLU(slope=0.2)" in [layer["layer"] for layer in told["layers"]]
    assert told["name"] == MODEL


def test_the_layer_agrees_with_its_twin(example, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.syspath_prepend(str(example))
    monkeypatch.chdir(example)
    from thumblab.config import import_own
    from thumblab.core.rules import forward, torch_twin

    layer = import_own("own_layer").LeakyReLU(0.2)
    x = np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float32)
    twin_x = torch.tensor(x, requires_grad=True)
    y, backward = forward(layer, x, None)
    twin_y = torch_twin(layer, (2, 4, 4), torch)(twin_x)
    twin_y.backward(twin_y.detach())
    np.testing.assert_allclose(y, twin_y.detach().numpy(), rtol=1e-6)
    np.testing.assert_allclose(backward(y), twin_x.grad.numpy(), rtol=1e-6)


def test_the_files_of_the_guide_train(cli):
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for module, sign in (("my_models", "def silu_cnn"), ("my_optimizers", "class Lion")):
        (text,) = [block for block in blocks if sign in block]
        Path(f"{module}.py").write_text(text, encoding="utf-8")
    small = ("--data", "characters", "--subset", "300", "--epochs", "1", "--json")
    own = (
        "my_models:silu_cnn",
        "--optimizer",
        "my_optimizers:Lion:lr=1e-3",
        "--schedule",
        "cosine",
    )
    ended = finished(start("train", *own, *small, folder=Path.cwd()))
    assert ended.code == 0, ended.err
    (run,) = cli("runs", "--json").json
    assert run["model"] == "my_models:silu_cnn"
    assert "Lion" in run["settings"]["optimizer"]
