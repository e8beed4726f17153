from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.training.small import dataset, experiment
from thumblab import zoo
from thumblab.config import fit, format_value
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data import Cifar10, Dataset, DatasetSpec, Features, Split, read
from thumblab.runs import Run
from thumblab.storage.checkpoint import load_arrays, save_arrays
from thumblab.training import compute_features, feature_data, train
from thumblab.training.feature_extractor import feature_extractor


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters are few here, and images are counted in small portions."""
    plain = read.dispatch(Features)

    def quick(source: DatasetSpec, root: Path | None = None) -> Dataset:
        return plain(source, root) if isinstance(source, Features) else dataset()

    monkeypatch.setattr(feature_data, "read", quick)
    monkeypatch.setattr(feature_data, "AT_ONCE", 64)


def test_the_last_layer_gives_the_logits(finished: Run) -> None:
    found = read(Features(str(finished.folder)))
    assert found.test is not None
    np.testing.assert_allclose(
        found.test.images, finished.predictions["test_logits"], rtol=0, atol=1e-5
    )


def test_features_are_a_data_set_with_the_labels_of_the_images(finished: Run) -> None:
    found, images = read(Features(str(finished.folder), "3")), dataset()
    assert found.name == "few-features"
    assert found.shape == (4 * 7 * 7,)
    assert found.classes == images.classes
    arrays, about = finished.trained()
    net = feature_extractor(from_dict(about["model"]), "3").network(arrays, about, workers=1)
    expected = net.predict(images.train.images).reshape(-1, 196)
    np.testing.assert_allclose(found.train.images, expected, atol=1e-5)
    np.testing.assert_array_equal(found.train.labels, images.train.labels)
    assert found.test is not None
    assert len(found.test) == 47


def test_they_are_computed_once(run: Run) -> None:
    shutil.rmtree(run.folder / "features", ignore_errors=True)
    source = Features(str(run.folder), "4")
    walk = list(compute_features(source))
    assert walk == [(64, 282), (128, 282), (192, 282), (235, 282), (282, 282)]
    (place,) = (run.folder / "features").iterdir()
    assert list(compute_features(source)) == []
    first = read(source)
    list(compute_features(Features(str(run.folder), "3")))
    assert len(list((run.folder / "features").iterdir())) == 2
    place.write_bytes(place.read_bytes()[:-9])  # damaged, so made again
    assert read(source).fingerprint == first.fingerprint
    assert load_arrays(place)[0].keys() == {"train", "test"}


def test_other_weights_have_features_of_their_own(run: Run, tmp_path: Path) -> None:
    first = read(Features(str(run.folder), "4"))
    path = run.folder / "weights.safetensors"
    arrays, about = load_arrays(path)
    arrays["0.weight"] = arrays["0.weight"] + 1
    save_arrays(path, arrays, about, name="weights")
    assert read(Features(str(run.folder), "4")).fingerprint != first.fingerprint
    lone = tmp_path / "net.safetensors"
    save_arrays(lone, arrays, about, name="weights")
    read(Features(str(lone), "4"))
    assert len(list((tmp_path / "net-features").iterdir())) == 1


def test_a_network_learns_from_them(finished: Run, tmp_path: Path) -> None:
    source = Features(str(finished.folder), "4")
    wanted = experiment(data=source, model=zoo.mlp(47, (16,)), augment=(), epochs=2)
    first, last = train(wanted, dataset=read(source), runs=tmp_path)
    assert last.train_loss < first.train_loss
    assert last.run.experiment.data == source


def test_the_grammar_says_it() -> None:
    text = "features:of=runs/0123,layer=1.layer.3,data=cifar10"
    source = fit(text, DatasetSpec)
    assert source == Features("runs/0123", "1.layer.3", Cifar10())
    assert format_value(source) == text
    assert from_dict(to_dict(source)) == source


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ({}, DataError, "no network was named; give a run's folder"),
        ({"of": "nowhere"}, UsageError, "nowhere is neither a run folder nor a weights file"),
        ({"of": "RUN", "layer": "9"}, UsageError, "there is no layer at '9'"),
    ],
)
def test_what_is_missing_is_named(
    finished: Run, source: dict[str, str], error: type[Exception], message: str
) -> None:
    told = {
        name: str(finished.folder) if value == "RUN" else value for name, value in source.items()
    }
    with pytest.raises(error, match=message):
        read(Features(**told))


def test_images_of_another_shape_are_refused(finished: Run, monkeypatch: Any) -> None:
    pictures = Split(np.zeros((2, 8, 8, 3), np.uint8), np.zeros(2, np.int64))
    other = Dataset("other", pictures, None, ("a",))
    plain = read.dispatch(Features)
    monkeypatch.setattr(feature_data, "read", lambda source, root: other)
    with pytest.raises(DataError, match=r"reads \(1, 28, 28\), but other has \(3, 8, 8\)"):
        plain(Features(str(finished.folder)), None)


def test_damaged_weights_are_an_error(run: Run) -> None:
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(RunError, match="is damaged"):
        read(Features(str(run.folder)))


def test_a_file_that_describes_no_network_is_refused(tmp_path: Path) -> None:
    about: dict[str, Any] = {"layer": "3"}
    save_arrays(tmp_path / "a.safetensors", {"train": np.zeros((1, 2), "f4")}, about, name="x")
    with pytest.raises(UsageError, match="describes no network; take a run"):
        read(Features(str(tmp_path / "a.safetensors")))


def test_a_file_without_its_network_is_told_how_to_get_one(tmp_path: Path) -> None:
    save_file({"features.0.weight": np.zeros((4, 3, 3, 3), "f4")}, tmp_path / "theirs.safetensors")
    with pytest.raises(
        UsageError, match=r"holds weights without their network; .* thumblab convert"
    ):
        read(Features(str(tmp_path / "theirs.safetensors")))
