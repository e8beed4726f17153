"""Report R4 end to end: from a checkpoint of our own, and from a file as torchvision writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.optional import torch
from tests.training.small import WORKERS, experiment, trained
from tests.zoo.torchvision import ALEXNET, alexnet_weights
from thumblab import zoo
from thumblab.cli.app import main
from thumblab.core.initialize import start
from thumblab.core.layer import weights
from thumblab.core.random import stream
from thumblab.core.rules import torch_twin
from thumblab.data import Arrays, Cifar10, Dataset, Features, MeanStd, Raw, Split, read
from thumblab.experiment import Experiment, Pretrained
from thumblab.optim import SGD, Adam
from thumblab.runs import Run
from thumblab.training import feature_data, train

MODELS = {
    "alexnet_regressor": {"1.layer": "1"},
    "alexnet_skip": {"1.layer": "1"},
    "alexnet_skip_published": {"1.layer": "1", "2.0.layer.1": "1.10"},
}
"""Where the features of ``alexnet`` go in each."""
SMALL = {"size": 63, "widths": (8, 12, 16, 12, 12)}
IMAGENET = MeanStd((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small AlexNet trained on characters."""
    model = zoo.alexnet(47, dense=16, **SMALL)
    wanted = experiment(model=model, optimizer=Adam(learning_rate=1e-3), epochs=1)
    return trained(tmp_path_factory.mktemp("pretrained"), wanted)


def starts(name: str, of: Path, features: str = "1") -> tuple[Pretrained, ...]:
    return tuple(
        Pretrained(of, source_prefix=take.replace("1", features, 1), target_prefix=into)
        for into, take in MODELS[name].items()
    )


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("name", MODELS)
def test_from_a_checkpoint_of_our_own(
    pretrained: Run, tmp_path: Path, name: str, engine: str
) -> None:
    model = getattr(zoo, name)(47, hidden=(32, 16), **SMALL)
    wanted = experiment(
        model=model,
        init_from=starts(name, pretrained.folder),
        optimizer=Adam(learning_rate=1e-3),
        augment=(),
        epochs=2,
        engine=engine,
    )
    run = trained(tmp_path, wanted)
    given, found = pretrained.trained()[0], run.trained()[0]
    for path, array in features(found, name).items():
        np.testing.assert_array_equal(array, given[f"1.{path}"], err_msg=path)
    moved = {
        path for path, array in found.items() if not np.array_equal(array, drawn(wanted, path))
    }
    trained_paths = {p for p, w in weights(model, (1, 28, 28)).items() if w.trained}
    unused = {path for path in trained_paths if path.startswith("2.1.0.layer.")}
    assert bool(unused) == (name == "alexnet_skip_published")
    assert trained_paths - unused <= moved
    assert not unused & moved
    losses = [line["train_loss"] for line in run.metrics]
    assert losses[1] < losses[0]


def drawn(wanted: Experiment, path: str) -> np.ndarray:
    """What the weight at ``path`` would be if the seed gave it."""
    weight = weights(wanted.model, (1, 28, 28))[path]
    return start(weight, stream(wanted.seed, "initialise", path)).astype(np.float32)


def features(arrays: dict[str, Any], name: str) -> dict[str, np.ndarray]:
    """The weights of the frozen layers, by their names in AlexNet's features."""
    indices = {"1.layer": 0, "2.0.layer": 9}
    return {
        f"{int(rest.partition('.')[0]) + first}.{rest.partition('.')[2]}": array
        for path, array in arrays.items()
        for part, first in indices.items()
        if path.startswith(part) and (rest := path.removeprefix(f"{part}."))
    }


@pytest.fixture(scope="module")
def photographs() -> Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 10
    images = rng.integers(0, 256, (40, 32, 32, 3)).astype(np.uint8)
    return Dataset("noise", Split(images, labels), None, tuple("abcdefghij"))


@pytest.mark.parametrize("name", MODELS)
def test_from_a_file_as_torchvision_writes_it(
    photographs: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """The whole names and shapes; the classifier is left where it is."""
    theirs = alexnet_weights("features", "classifier.6")
    torch.save({key: torch.tensor(value) for key, value in theirs.items()}, tmp_path / "alex.pth")
    file = tmp_path / "alex.safetensors"
    assert main(["convert", str(tmp_path / "alex.pth"), str(file), "--trusted"]) == 0
    model = getattr(zoo, name)(10, size=64, hidden=(24, 16))
    wanted = Experiment(
        Arrays.of(photographs),
        model,
        Adam(learning_rate=1e-3),
        init_from=starts(name, file, "features"),
        normalize=IMAGENET,
        epochs=1,
        batch=20,
        validation=0.0,
    )
    *_, epoch = train(wanted, runs=tmp_path / "runs", workers=WORKERS)
    found = features(epoch.run.trained()[0], name)
    expected = {
        key.removeprefix("features."): value
        for key, value in theirs.items()
        if key.startswith("features.")
    }
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)
    assert "12 weights" in capfd.readouterr().out


def test_from_the_whole_file_features_are_computed_once(
    photographs: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 224 pixels and full widths: every name and shape of torchvision's, then R4's regressor."""
    theirs = alexnet_weights("features", "classifier")
    assert {name: array.shape for name, array in theirs.items()} == ALEXNET
    torch.save({key: torch.from_numpy(value) for key, value in theirs.items()}, tmp_path / "a.pth")
    file = tmp_path / "ours.safetensors"
    network = ("--model", "alexnet", "--classes", "1000", "--input", "3x32x32")
    parts = ("--rename", "features=1,classifier=4", "--trusted")
    pixels = ("--normalize", "mean_std:mean=0.485-0.456-0.406,std=0.229-0.224-0.225")
    assert main(["convert", str(tmp_path / "a.pth"), str(file), *network, *parts, *pixels]) == 0
    (tmp_path / "a.pth").unlink()

    plain = read.dispatch(Features)
    monkeypatch.setattr(
        feature_data,
        "read",
        lambda source, root=None: (
            plain(source, root) if isinstance(source, Features) else photographs
        ),
    )
    source = Features(str(file), "2", Cifar10())
    found = read(source)
    assert found.shape == (9216,)
    standard = (photographs.train.images / 255 - IMAGENET.mean) / IMAGENET.std
    images = torch.from_numpy(standard.astype(np.float32)).permute(0, 3, 1, 2)
    twin = torch_twin(zoo.alexnet(1000), (3, 32, 32), torch)
    names = {"features": "1", "classifier": "4"}
    state = {
        f"{names[key.partition('.')[0]]}.{key.partition('.')[2]}": torch.from_numpy(value)
        for key, value in theirs.items()
    }
    twin.load_state_dict(state)
    with torch.no_grad():
        expected = twin[:3](images).reshape(len(images), -1).numpy()
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found.train.images, expected, rtol=0, atol=1e-4 * scale)
    assert list(feature_data.compute_features(source)) == []

    wanted = Experiment(
        source,
        zoo.mlp(10, hidden=(4096, 1024)),
        SGD(learning_rate=1e-3, momentum=0.0),
        normalize=Raw(),
        epochs=1,
        batch=40,
        validation=0.0,
    )
    *_, epoch = train(wanted, dataset=found, runs=tmp_path / "runs", workers=WORKERS)
    assert epoch.run.result is not None
    assert epoch.run.result["trainable_parameters"] == 41_958_410
