import shutil

import numpy as np
import pytest

from tests.cli.conftest import ROOT, finished, start

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
    lost = finished(start("evaluate", example / run, "--data", "characters", folder=elsewhere))
    assert lost.code == 2
    assert "there is no module 'own_layer'; run from the folder that holds own_layer" in lost.err


def test_the_layer_is_shown(cli, example):
    told = cli("models", MODEL, "--input", "1x28x28", "--classes", "47", "--json").json
    assert "LeakyReLU(slope=0.2)" in [layer["layer"] for layer in told["layers"]]
    assert told["name"] == MODEL


def test_the_layer_agrees_with_its_twin(example, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.syspath_prepend(str(example))
    monkeypatch.chdir(example)
    from thumblab.core.rules import forward, torch_twin
    from thumblab.settings import import_own

    layer = import_own("own_layer").LeakyReLU(0.2)
    x = np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float32)
    twin_x = torch.tensor(x, requires_grad=True)
    y, backward = forward(layer, x, None)
    twin_y = torch_twin(layer, (2, 4, 4), torch)(twin_x)
    twin_y.backward(twin_y.detach())
    np.testing.assert_allclose(y, twin_y.detach().numpy(), rtol=1e-6)
    np.testing.assert_allclose(backward(y), twin_x.grad.numpy(), rtol=1e-6)
